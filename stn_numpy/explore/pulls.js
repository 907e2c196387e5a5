/* The gradient of every pixel */
stnExplore.add("pulls", (stage, data) => {
  const { M, element, show, paint, unpack, radians, frameOf, around, inPixels, outline, readings, entry } = stnExplore;
  const [image, other, seven] = [data.image, data.other, data.seven].map(unpack), places = 24;
  const under = (theta, from = image) => M.affineSample(from, theta, places, places);
  const targets = {
    "turned by 12\u00b0": under(M.turnAndShift(radians(12), 0)),
    "turned by 25\u00b0 and shifted": under(M.turnAndShift(radians(25), 0.1)),
    "larger": under([0.8, 0, 0, 0, 0.8, 0]), "shifted a little": under([1, 0, 0.15, 0, 1, 0]),
    "shifted far": under([1, 0, 0.8, 0, 1, 0]), "another four": under(M.IDENTITY, other), "a seven": under(M.IDENTITY, seven),
  };
  const state = { target: Object.keys(targets)[0], theta: [...M.IDENTITY], rate: -3.7, losses: [] };
  const target = () => targets[state.target], rate = () => 10 ** state.rate;
  const input = stage.plate({ title: "input, and minus the gradient of each point", role: "input", wide: true,
                              view: around(image, 3), label: "The input with the grid and an arrow at each point that is pulled" });
  const small = [["output", "output now"], ["output", "target image"], ["gradient", "difference"]].map(([role, title]) =>
    stage.plate({ title, role, small: true, view: frameOf(target()) }));
  const history = stage.plate({ title: "loss, step by step", role: "gradient bare", view: [-0.02, -0.04, 1.02, 0.36], wide: true,
                                label: "The loss after each step" });
  const canvases = [input.picture(frameOf(image)), ...small.map((plate) => plate.picture(frameOf(target())))];
  const ink = input.layer(), line = history.layer();
  let now = M.thetaGradient(image, target(), state.theta);

  function restart() {
    Object.assign(state, { theta: [...M.IDENTITY], losses: [] });
    stage.repeat(0);
    look();
  }
  function look() {
    now = M.thetaGradient(image, target(), state.theta);
    state.losses.push(now.loss);
  }
  function step() {
    state.theta = state.theta.map((value, k) => value - rate() * now.dTheta[k]);
    look();
  }
  look();

  const trio = element("div", { className: "stnx-trio" }, ...small.map((plate) => plate.box));
  stage.row(input, stage.column(trio, readings(stage, "theta", "grid", () => state.theta, 3),
                                readings(stage, "its gradient", "gradient", () => now.dTheta, 1), history));
  stage.row(stage.choice("target", Object.keys(targets), {
              ...entry(state, "target"), set: (name) => { state.target = name; restart(); } }),
            stage.slider("learning rate", { min: -5, max: -1, step: 0.1, words: () => rate().toPrecision(2),
                                            ...entry(state, "rate") }));
  stage.row(stage.buttons("Descend", stage.button("one step", step), stage.button("20 steps", () => stage.repeat(20, step)),
                          stage.button("fall out of the image", () => { state.theta = [1, 0, 2.1, 0, 1, 0]; look(); }),
                          stage.button("back to the start", restart)));
  const say = stage.sentence();

  function drawArrows() {
    const longest = Math.max(...now.dGrid.map(Math.abs)) || 1, arrows = [], points = [];
    for (let k = 0; k < now.grid.length; k += 2) {
      const [x, y] = inPixels([now.grid[k], now.grid[k + 1]], image, false);
      const dx = -4 * now.dGrid[k] / longest, dy = -4 * now.dGrid[k + 1] / longest, length = Math.hypot(dx, dy);
      points.push(`M${x} ${y}h0`);
      if (length < 0.15) continue;
      const [bx, by] = [x + dx, y + dy], head = Math.min(0.6, length / 2) / length;
      const barb = (turn) => `M${bx} ${by}l${head * (-dx - turn * dy * 0.7)} ${head * (-dy + turn * dx * 0.7)}`;
      arrows.push(`M${x} ${y}L${bx} ${by}${barb(1)}${barb(-1)}`);
    }
    ink.path(points.join(""), "grid points");
    ink.path(arrows.join(""), "gradient arrows");
  }

  return {
    draw() {
      paint(canvases[0], image.data, image.height, image.width, { high: 1.5 });
      [now.out, target().data].forEach((values, k) => paint(canvases[k + 1], values, places, places));
      paint(canvases[3], now.wrong, places, places, { low: -1, map: "signed" });
      ink.clear();
      drawArrows();
      outline(ink, state.theta, image, false);
      const top = Math.max(...state.losses) || 1;
      line.clear().line(0, 0.32, 1, 0.32, "rule");
      line.chain(state.losses.map((loss, k) => [k / Math.max(20, state.losses.length - 1), 0.32 * (1 - loss / top)]), "gradient");
      line.text(1, 0.06, `now ${show(now.loss)}`, "end gradient");
      const still = now.dTheta.every((value) => value === 0);
      say(still && now.loss > 0 ? `Loss ${show(now.loss)}. No point lies on ink, the output is black, and the gradient is ` +
                                  "exactly 0: from here no step changes theta."
                                : `Loss ${show(now.loss)}, steps: ${state.losses.length - 1}. The arrows, each times its lever arm, ` +
                                  `add up to minus the gradient; a step moves theta ${rate().toPrecision(2)} times that.`);
    },
    report: () => ({ ...state, rate: rate(), loss: now.loss, dTheta: Array.from(now.dTheta), dGrid: Array.from(now.dGrid) }),
  };
});
