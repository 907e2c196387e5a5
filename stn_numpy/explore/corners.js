/* Drag the corners */
stnExplore.add("corners", (stage, data) => {
  const { M, element, show, minus, paint, unpack, radians, range, around, frameOf, CORNERS, inPixels, mesh, entry } = stnExplore;
  const pictures = { sheet: unpack(data.sheet), digit: unpack(data.digit) };
  const state = { picture: "sheet" };
  const image = () => pictures[state.picture];
  const square = (theta) => CORNERS.map(([x, y]) => M.mapPoint(theta, x, y));
  const input = stage.plate({ title: "input, and where the output looks", role: "input", wide: true, view: [0, 0, 1, 1],
                              label: "The input with the four corners of the output on it" });
  const outputs = ["output", "nearest affine map"].map((title) =>
    stage.plate({ title, role: "output", small: true, view: [0, 0, 1, 1] }));
  const seen = input.picture([0, 0, 1, 1]), made = outputs.map((plate) => plate.picture([0, 0, 1, 1]));
  const ink = input.layer(), horizon = outputs[0].layer();
  const pixels = (point) => inPixels(point, image(), false);

  function put(corners) {
    Object.assign(state, { corners, theta: M.thetaOfCorners(corners) });
  }
  function type(k, value) {
    state.theta = Object.assign([...state.theta], { [k]: value });
    state.corners = CORNERS.map(([x, y]) => M.project(state.theta, x, y).at);
  }
  function choose(name) {
    state.picture = name;
    input.look(around(image(), image().width / 4));
    input.place(seen, frameOf(image()));
    put(square(M.IDENTITY));
  }
  choose("sheet");

  CORNERS.forEach((_, k) => stage.handle(input, {
    label: `Corner: ${["top left", "top right", "bottom right", "bottom left"][k]}`,
    get: () => pixels(state.corners[k]),
    set: (x, y) => put(Object.assign([...state.corners], {
      [k]: [M.toUnits(x, image().width, false), M.toUnits(y, image().height, false)] })) }));
  const cells = range(8).map((k) => stage.number(`theta ${1 + Math.floor(k / 3)},${1 + k % 3}`, {
    step: 0.05, get: () => state.theta[k], set: (value) => type(k, value) }));
  const ninth = element("output");
  stage.refreshers.push(() => { ninth.textContent = minus(+state.theta[8].toFixed(3) + 0); });
  const presets = {
    identity: M.IDENTITY, "turn 30\u00b0": M.turnAndShift(radians(30), 0),
    "lean back": [[-0.5, -0.8], [0.5, -0.8], [1, 0.8], [-1, 0.8]], "lean aside": [[-0.9, -1], [0.7, -0.5], [0.7, 0.5], [-0.9, 1]],
    "one corner in": [[-1, -1], [1, -1], [-0.3, -0.3], [-1, 1]],
  };
  const buttons = Object.entries(presets).map(([name, to]) => stage.button(name, () => put(to.length > 4 ? square(to) : to)));
  buttons.push(stage.button("onto the sheet", () => { choose("sheet"); put(data.corners); }));
  stage.row(input, stage.column(element("div", { className: "stnx-trio" }, ...outputs.map((plate) => plate.box)),
                                stage.matrix("theta", "grid", [...cells, ninth])));
  stage.row(stage.buttons("Presets", ...buttons),
            stage.choice("picture", { sheet: "a leaning sheet", digit: "a digit" }, { ...entry(state, "picture"), set: choose }));
  const say = stage.sentence();

  /* Where the denominator is zero: a line across the output, if it crosses it. */
  function drawHorizon() {
    const [g, h, i] = state.theta.slice(6), value = ([x, y]) => g * x + h * y + i, ends = [];
    CORNERS.forEach((from, k) => {
      const to = CORNERS[(k + 1) % 4], share = value(from) / (value(from) - value(to));
      if (share > 0 && share < 1) ends.push(from.map((v, axis) => 0.5 + (v + share * (to[axis] - v)) / 2));
    });
    horizon.clear().chain(ends, "grid dashed");
  }

  let out, affine, behind;
  return {
    draw() {
      const { height, width, data: values } = image(), at = CORNERS.map(([x, y]) => M.project(state.theta, x, y));
      const grid = M.projectiveGrid(state.theta, height, width, false);
      affine = M.affineOfCorners(state.corners);
      out = M.gridSample(image(), grid, M.sampling());
      behind = range(out.length).filter((k) => Math.abs(grid[2 * k]) === M.FAR).length;
      paint(seen, values, height, width);
      paint(made[0], out, height, width);
      paint(made[1], M.affineSample(image(), affine, height, width).data, height, width);
      mesh(ink.clear(), grid, image());
      ink.chain(square(affine).map(pixels), "output dashed", true);
      if (!at.some((one) => one.behind)) ink.chain(state.corners.map(pixels), "grid", true);
      ink.chain(state.corners.slice(0, 2).map(pixels), "grid thick");
      drawHorizon();
      const c = at.map((one) => one.c), off = state.corners[0].map((v, k) => (square(affine)[0][k] - v) * [width, height][k] / 2);
      say(`From corner to corner the denominator runs from ${show(Math.min(...c))} to ${show(Math.max(...c))}. ` +
          (behind ? `${behind} of ${out.length} pixels look behind the horizon and show 0. ` : "") +
          `The nearest affine map (dashed) misses every corner by ${show(Math.hypot(...off), 1)} pixels.`);
    },
    report: () => ({ ...state, affine, behind, out: Array.from(out) }),
  };
});
