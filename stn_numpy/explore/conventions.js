/* Two conventions */
stnExplore.add("conventions", (stage) => {
  const { M, show, minus, entry } = stnExplore;
  const state = { width: 4, x: 0.5 };
  const kinds = [false, true].map((corners) => {
    const plate = stage.plate({ title: `align_corners=${corners ? "True: \u22121 and 1 are centres" : "False: \u22121 and 1 are edges"}`,
                                role: "input bare full", view: [-2.2, -0.56, 2.2, 0.42],
                                label: `A row of pixels to scale, align_corners ${corners}` });
    stage.handle(plate, { label: `A place in units, align_corners ${corners}`, step: 0.05, form: "edge",
                          get: () => [state.x, 0.32], set: (x) => { state.x = M.clip(x, -1.5, 1.5); },
                          words: () => `${show(state.x)} units is pixel ${show(pixelAt(corners))}` });
    stage.row(plate);
    return { plate, corners, ink: plate.layer() };
  });
  const pixelAt = (corners) => M.toPixels(state.x, state.width, corners);
  stage.row(stage.slider("pixels in the row", { min: 2, max: 28, step: 1, words: String, ...entry(state, "width") }));
  const say = stage.sentence();

  function drawRow({ plate, ink, corners }) {
    const step = 1 / M.pixelsPerUnit(state.width, corners), centres = M.pixelCentres(state.width, corners);
    ink.clear();
    centres.forEach((centre, k) => {
      ink.box(centre - step / 2, -0.3, step, 0.4, "input").style.fill = k % 2 ? "rgb(0 114 178 / 0.28)" : "rgb(0 114 178 / 0.1)";
      ink.dot(centre, -0.1, state.width > 14 ? 2 : 3.5, "ink");
      if (2 / state.width > 30 * plate.unit) ink.text(centre, 0.1, k, "", { dx: corners || plate.unit > 0.01 ? 9 : 0, dy: -4, size: 11 });
    });
    for (const x of [-1, 0, 1]) {
      ink.line(x, -0.42, x, 0.18, x ? "grid" : "grid dotted");
      ink.text(x, -0.42, minus(x), "grid", { dy: -5 });
    }
    ink.line(state.x, -0.36, state.x, 0.3, "output");
    ink.text(state.x, 0.32, `pixel ${show(pixelAt(corners))}`, "output start", { dx: 13 });
    ink.text(state.x, 0.32, show(state.x), "grid end", { dx: -13 });
  }

  return {
    draw() {
      kinds.forEach(drawRow);
      const [edges, centres] = [false, true].map((corners) => M.pixelsPerUnit(state.width, corners) / 2);
      const share = (pixels) => `${show(pixels)} of ${state.width} pixels, ${show(100 * pixels / state.width, 1)}%`;
      say(`${show(state.x)} units is pixel ${show(pixelAt(false))} with edges, ${show(pixelAt(true))} with centres. ` +
          `A shift of half a unit is ${share(edges)}, with edges; ${share(centres)}, with centres.`);
    },
    report: () => ({ ...state, edges: pixelAt(false), centres: pixelAt(true) }),
  };
});
