/* Drag theta */
stnExplore.add("theta", (stage, data) => {
  const { M, show, paint, unpack, degrees, radians, frameOf, around, CORNERS, inPixels, outline, entry } = stnExplore;
  const NAMES = ["1,1", "1,2", "1,3", "2,1", "2,2", "2,3"];
  const images = { digit: unpack(data.digit), pair: unpack(data.pair) };
  const state = { image: "digit", corners: false, theta: M.turnAndShift(radians(30), 0), probe: [20, 8] };
  const image = () => images[state.image];
  const input = stage.plate({ title: "input, and where the output looks", role: "input", wide: true,
                              label: "The input with the frame of the output on it", view: around(image(), 12) });
  const output = stage.plate({ title: "output", role: "output", label: "The output", view: frameOf(image()) });
  const seen = input.picture(frameOf(image())), made = output.picture(frameOf(image()));
  const ink = input.layer();
  const perUnit = () => [M.pixelsPerUnit(image().width, state.corners), M.pixelsPerUnit(image().height, state.corners)];
  const units = (x, y) => [M.toUnits(x, image().width, state.corners), M.toUnits(y, image().height, state.corners)];
  const pixels = (x, y) => inPixels(M.mapPoint(state.theta, x, y), image(), state.corners);

  const take = (label, form, x, y, set) => stage.handle(input, {
    label, form, get: () => pixels(x, y), set: (pX, pY) => { state.theta = set(units(pX, pY)); } });
  for (const [k, [axis, side]] of [[1, -1], [0, 1], [1, 1], [0, -1]].entries()) {
    take(`Edge: ${["top", "right", "bottom", "left"][k]}. Stretch and shear.`, "edge", axis ? 0 : side, axis ? side : 0,
         (goal) => M.dragEdge(state.theta, axis, side, goal));
  }
  CORNERS.forEach(([x, y], k) => take(
    `Corner: ${["top left", "top right", "bottom right", "bottom left"][k]}. Turn and zoom.`, "corner", x, y,
    (goal) => M.dragCorner(state.theta, x, y, goal, ...perUnit())));
  take("Centre. Shift.", "centre", 0, 0, (goal) => Object.assign([...state.theta], { 2: goal[0], 5: goal[1] }));
  const within = (value, length) => M.clip(Math.round(value), 0, length - 1);
  stage.handle(output, {
    label: "An output pixel, to see where it reads", form: "target", style: "output", get: () => state.probe,
    set: (x, y) => { state.probe = [within(x, image().width), within(y, image().height)]; },
    words: () => `column ${state.probe[0]}, row ${state.probe[1]}` });

  function choose(name) {
    state.image = name;
    input.look(around(image(), 12));
    output.look(frameOf(image()));
    input.place(seen, frameOf(image()));
    output.place(made, frameOf(image()));
    state.probe = [within(state.probe[0], image().width), within(state.probe[1], image().height)];
  }

  const cells = NAMES.map((name, k) => stage.number(`theta ${name}`, {
    step: 0.05, get: () => state.theta[k], set: (value) => { state.theta = Object.assign([...state.theta], { [k]: value }); } }));
  const third = radians(30), plain = M.turnAndShift(third, 0);
  const presets = {
    identity: () => M.IDENTITY, "rotate 30\u00b0": () => plain,
    "rotate 30\u00b0 in pixels": () => M.turnInPixels(third, image().height, image().width, state.corners),
    "zoom in": () => [0.5, 0, 0, 0, 0.5, 0], shear: () => [1, 0.5, 0, 0, 1, 0], flip: () => [-1, 0, 0, 0, 1, 0],
    outside: () => [1, 0, 1.2, 0, 1, -0.4],
  };
  const buttons = Object.entries(presets).map(([name, make]) => stage.button(name, () => { state.theta = [...make()]; }));
  stage.row(input, stage.column(output, stage.matrix("theta", "grid", cells)));
  stage.row(stage.buttons("Presets", ...buttons));
  stage.row(stage.choice("picture", { digit: "28 \u00d7 28", pair: "28 \u00d7 56, two digits" }, { ...entry(state, "image"), set: choose }),
            stage.tick("align_corners", entry(state, "corners")));
  const say = stage.sentence();

  let out;
  return {
    draw() {
      const { height, width } = image();
      out = M.affineSample(image(), state.theta, height, width, M.sampling(state.corners));
      paint(seen, image().data, height, width);
      paint(made, out.data, height, width);
      ink.clear();
      const grid = M.affineGrid(state.theta, height, width, state.corners), dots = [];
      for (let i = 0; i < height; i += 3) {
        for (let j = 0; j < width; j += 3) {
          const at = 2 * (i * width + j);
          dots.push(`M${inPixels([grid[at], grid[at + 1]], image(), state.corners).join(" ")}h0`);
        }
      }
      ink.path(dots.join(""), "grid points");
      const [first] = outline(ink, state.theta, image(), state.corners);
      ink.dot(...first, 11, "ring grid");
      const at = 2 * (state.probe[1] * width + state.probe[0]);
      const [pX, pY] = inPixels([grid[at], grid[at + 1]], image(), state.corners);
      ink.dot(pX, pY, 6, "ring paper");
      ink.dot(pX, pY, 4, "output");
      const { angle, scaleX, scaleY, shear } = M.readTheta(state.theta);
      const beyond = pX <= -1 || pY <= -1 || pX >= width || pY >= height ? ", outside: it shows 0" : "";
      say(`The grid: angle ${degrees(angle)}, scale ${show(scaleX)} and ${show(scaleY)}, shear ${show(shear)}. ` +
          `Output pixel [${state.probe[1]}, ${state.probe[0]}] reads the input at column ${show(pX, 1)}, ` +
          `row ${show(pY, 1)}${beyond}.`);
    },
    report: () => ({ ...state, out: Array.from(out.data) }),
  };
});
