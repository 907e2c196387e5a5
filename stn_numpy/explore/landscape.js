/* Landscape */
stnExplore.add("landscape", (stage, data) => {
  const { M, element, show, minus, paint, unpack, degrees, radians, entry } = stnExplore;
  const image = unpack(data.image), pit = [radians(25), 0.15], size = 24;
  const target = M.affineSample(image, M.turnAndShift(...pit), size, size);
  const state = { start: [radians(45), 0.35], steps: 40, rate: 1 };
  const across = 73, down = 41, RATES = [6e-4, 1.2e-4];              // of the chapter: one for each number
  const X = (angle) => angle / Math.PI * 1.8, Y = (shift) => -shift / 2;      // 100 degrees, 2 units: one of the plate
  const map = stage.plate({ title: "loss: angle across, shift upwards", role: "gradient bare", wide: true,
                            view: [-2.06, -1.04, 1.84, 1.24], label: "Loss over angle and shift; the path of descent on it" });
  const shown = [["output", "output at the end"], ["output", "target"]].map(([role, title]) =>
    stage.plate({ title, role, small: true, view: [0, 0, 1, 1] }));
  const history = stage.plate({ title: "loss along the path", role: "gradient bare", view: [-0.02, -0.04, 1.02, 0.36], wide: true,
                                label: "The loss after each step" });
  const canvas = map.picture([-1.8, -1, 1.8, 1], "smooth"), canvases = shown.map((plate) => plate.picture([0, 0, 1, 1]));
  const ink = map.layer(), line = history.layer();
  const heights = new Float64Array(across * down);
  const set = (x, y) => { state.start = [M.clip(x, -1.8, 1.8) / 1.8 * Math.PI, -2 * M.clip(y, -1, 1)]; };
  map.onClick((x, y) => { set(x, y); stage.redraw(); });
  stage.handle(map, { label: "Start of the descent", step: 0.05, get: () => [X(state.start[0]), Y(state.start[1])], set,
                      words: () => `angle ${degrees(state.start[0])}, shift ${show(state.start[1])}` });
  stage.row(map, stage.column(element("div", { className: "stnx-trio" }, ...shown.map((plate) => plate.box)), history));
  stage.row(stage.slider("steps", { min: 0, max: 50, step: 1, words: String, ...entry(state, "steps") }),
            stage.slider("rate \u00d7", { min: 0.1, max: 4, step: 0.1, words: (value) => show(value, 1),
                                        ...entry(state, "rate") }),
            stage.buttons("Starts", stage.button("near the pit", () => { state.start = [radians(45), 0.2]; }),
                          stage.button("further off", () => { state.start = [radians(90), -0.3]; }),
                          stage.button("on the plain", () => { state.start = [radians(25), 1.9]; })));
  const say = stage.sentence();

  /* A few rows of the map at a time, so that no frame waits for it. */
  function survey(row) {
    const began = performance.now();
    for (; row < down && performance.now() - began < 8; row++) {
      for (let column = 0; column < across; column++) {
        const angle = Math.PI * (2 * column / (across - 1) - 1), shift = 2 - 4 * row / (down - 1);
        const out = M.affineSample(image, M.turnAndShift(angle, shift), size, size);
        heights[row * across + column] = M.squaredLoss(out.data, target.data);
      }
    }
    paint(canvas, heights, down, across, { high: Math.max(...heights), map: "cividis" });
    if (row < down) setTimeout(() => survey(row), 0);
  }
  survey(0);

  let path;
  return {
    draw() {
      path = M.descend(image, target, state.start, RATES.map((rate) => rate * state.rate), state.steps);
      const end = path[path.length - 1], points = path.map(({ at }) => [X(at[0]), Y(at[1])]);
      ink.clear();
      ink.text(X(pit[0]), Y(pit[1]), "\u00d7", "on-dark", { size: 20, dy: 7 });
      ink.chain(points, "paper");
      ink.path(points.map((point) => `M${point.join(" ")}h0`).join(""), "paper points");
      ink.dot(...points[points.length - 1], 5, "output");
      for (const k of [-1, 0, 1]) {
        ink.text(1.8 * k, 1, minus(180 * k) + "\u00b0", ["start", "", "end"][k + 1], { dy: 15 });
        ink.text(-1.8, -k, minus(2 * k), "end", { dx: -5 });
      }
      const out = M.affineSample(image, M.turnAndShift(...end.at), size, size);
      [out, target].forEach((picture, k) => paint(canvases[k], picture.data, size, size));
      const top = Math.max(...path.map(({ loss }) => loss)) || 1;
      line.clear().line(0, 0.32, 1, 0.32, "rule");
      line.chain(path.map(({ loss }, k) => [k / Math.max(1, state.steps), 0.32 * (1 - loss / top)]), "gradient");
      line.text(1, 0.06, `end ${show(end.loss)}`, "end gradient");
      const home = Math.abs(end.at[0] - pit[0]) < 0.05 && Math.abs(end.at[1] - pit[1]) < 0.02;
      const stuck = state.steps > 0 && end.at.every((value, k) => value === state.start[k]);
      say(`From ${degrees(state.start[0])} and shift ${show(state.start[1])}, ${state.steps} steps end at ${degrees(end.at[0])} and ` +
          `${show(end.at[1])}, loss ${show(end.loss)}. ` + (home ? "That is the pit." :
          stuck ? "Nothing moved: on the plain the gradient is exactly 0." : "The pit is at +25\u00b0 and 0.15."));
    },
    report: () => ({ ...state, path, heights: Array.from(heights) }),
  };
});
