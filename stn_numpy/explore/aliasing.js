/* Shrinking aliases */
stnExplore.add("aliasing", (stage, data) => {
  const { M, show, paint, unpack, range, entry } = stnExplore;

  /* Rings that become finer outwards, as in the chapter: at the middle of a side they are 4 pixels wide. */
  function rings(size) {
    const middle = (size - 1) / 2, made = M.picture(size, size);
    made.data.forEach((_, k) => {
      const square = (Math.floor(k / size) - middle) ** 2 + (k % size - middle) ** 2;
      made.data[k] = 0.5 + 0.5 * Math.cos(Math.PI * 0.25 * square / (size / 2));
    });
    return made;
  }

  function stripes(size) {
    return M.picture(size, size, Float64Array.from({ length: size * size }, (_, k) => (k % size) % 6 < 3 ? 1 : 0));
  }

  const images = { rings: rings(112), stripes: stripes(112), digit: unpack(data.digit) };
  const state = { image: "rings", share: 0.25, way: "alone" };
  const ways = { alone: "Bilinear alone", pool: "Pool by 2 first", blur: "Blur first", after: "Pool by 2 after" };
  const image = () => images[state.image], size = () => Math.round(image().width * state.share);
  const plates = [["input", "input"], ["output", "output, drawn as large"], ["input", "share of each pixel"]].map(([role, title]) =>
    stage.plate({ title, role: role + " third", view: [0, 0, 1, 1] }));
  const canvases = plates.map((plate) => plate.picture([0, 0, 1, 1])), ink = plates[0].layer();
  stage.row(...plates);
  stage.row(stage.slider("size of the output", { min: 0.1, max: 1, step: 0.01, ...entry(state, "share"),
                                                 words: () => `${size()} of ${image().width}` }),
            stage.choice("picture", { rings: "rings", stripes: "stripes", digit: "a digit" }, entry(state, "image")));
  stage.row(stage.buttons("How it is read", ...Object.entries(ways).map(([way, words]) =>
    stage.button(words, () => { state.way = way; }, () => state.way === way))));
  const say = stage.sentence();

  let out, say_, part;
  return {
    draw() {
      const places = size(), step = image().width / places, spread = Math.max(step / 2, 0.25);
      out = M.shrink(image(), places, state.way, spread);
      say_ = M.shares(image(), places, state.way, spread);
      part = say_.data.filter((value) => value > 1e-6).length / say_.data.length;
      paint(canvases[0], image().data, image().height, image().width);
      paint(canvases[1], out.data, places, places);
      paint(canvases[2], say_.data, image().height, image().width, { high: Math.max(1 / step ** 2, 1e-9) * 4 });
      ink.clear();
      const read = state.way === "after" ? 2 * places : places, dots = [];
      for (const i of range(read)) for (const j of range(read)) dots.push(`M${(j + 0.5) / read} ${(i + 0.5) / read}h0`);
      if (read < 40) ink.path(dots.join(""), "grid points");
      say(`${ways[state.way]}: the places lie ${show(step, 1)} pixels apart, and ${show(100 * part, 0)}% of the input's pixels contribute.` +
          (state.way === "blur" ? ` The blur is a Gaussian of ${show(spread, 1)} pixels.` : ""));
    },
    report: () => ({ ...state, size: size(), out: Array.from(out.data), part }),
  };
});
