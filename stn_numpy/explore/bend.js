/* Bend it */
stnExplore.add("bend", (stage, data) => {
  const { M, element, show, paint, unpack, radians, range, around, frameOf, inPixels, mesh } = stnExplore;
  const image = unpack(data.image), { height, width } = image, most = 4, splines = {};
  const state = { side: most, held: 5 };
  const pixels = (point) => inPixels(point, image, false);
  const input = stage.plate({ title: "input, and where the output looks", role: "input", wide: true, view: around(image, 8),
                              label: "The input with the control points and the bent grid on it" });
  const small = [["output", "output"], ["grid", "share in its move"]].map(([role, title]) =>
    stage.plate({ title, role, small: true, view: frameOf(image) }));
  const seen = input.picture(frameOf(image)), made = small.map((plate) => plate.picture(frameOf(image)));
  const ink = input.layer(), pins = small.map((plate) => plate.layer());

  /* The control points of the chosen lattice, and the system, solved once for all displacements. */
  function now() {
    if (!splines[state.side]) {
      const flat = M.affineGrid(M.IDENTITY, state.side, state.side, true);
      const points = range(state.side ** 2).map((k) => [flat[2 * k], flat[2 * k + 1]]);
      splines[state.side] = { points, ...M.spline(points, height, width, false) };
    }
    return splines[state.side];
  }
  const place = (k) => now().points[k].map((value, axis) => value + state.displacements[k][axis]);
  const move = (to) => { state.displacements = now().points.map(([x, y]) => to(x, y)); };
  const put = (k, [x, y]) => {
    const [homeX, homeY] = now().points[k];
    state.held = k;
    state.displacements[k] = [x - homeX, y - homeY];
  };
  const turn = (angle) => (x, y) => {
    const [a, b] = M.mapPoint(M.turnAndShift(radians(angle), 0), x, y);
    return [a - x, b - y];
  };
  const arch = (x) => [0, 0.35 * Math.cos(Math.PI * x)];
  move(arch);

  const handles = range(most ** 2).map((k) => {
    const group = stage.handle(input, {
      label: `Control point ${k + 1}`, get: () => pixels(place(k < now().points.length ? k : 0)),
      set: (x, y) => put(k, [M.toUnits(x, width, false), M.toUnits(y, height, false)]) });
    group.addEventListener("focus", () => { state.held = k; stage.redraw(); });
    return group;
  });
  const cells = range(2).map((axis) => stage.number(`Place of the point held, ${"xy"[axis]}`, {
    step: 0.05, get: () => place(state.held)[axis],
    set: (value) => put(state.held, Object.assign(place(state.held), { [axis]: value })) }));
  const energy = element("div", { className: "stnx-name" });
  stage.row(input, stage.column(element("div", { className: "stnx-trio" }, ...small.map((plate) => plate.box)),
                                stage.matrix("the point held reads at x, y", "grid", cells),
                                element("div", { className: "stnx-gradient" }, energy)));
  const presets = {
    "lie flat": turn(0), arch, "pull the sides in": (x, y) => [x, y].map((v) => 0.4 * v * (Math.abs(x) + Math.abs(y) - 2)),
    "turn 30\u00b0": turn(30), "turn 90\u00b0": turn(90), fold: (x) => [x > 0.9 ? -1.6 : 0, 0],
  };
  /* Downhill in energy, with a step small enough for the stiffest bend. */
  function spring() {
    const { pull } = M.bend(now(), state.displacements);
    const rate = 1 / Math.max(...now().bending.map((row) => row.reduce((sum, value) => sum + Math.abs(value), 0)));
    state.displacements = state.displacements.map((d, k) => d.map((value, axis) => value - rate * pull[k][axis]));
  }
  stage.row(stage.buttons("Presets", ...Object.entries(presets).map(([name, to]) => stage.button(name, () => move(to))),
                          stage.button("let it spring", () => stage.repeat(60, spring))),
            stage.choice("control points", { 2: "2 \u00d7 2", 3: "3 \u00d7 3", 4: "4 \u00d7 4" }, { get: () => state.side, set: (side) => {
              Object.assign(state, { side: +side, held: 0 });
              move(arch);
            } }));
  const say = stage.sentence();

  /* Squares between four neighbouring points of the grid that lie with their back to the reader. */
  function folded(grid) {
    const point = (i, j) => [grid[2 * (i * width + j)], grid[2 * (i * width + j) + 1]];
    return range((height - 1) * (width - 1)).filter((k) => {
      const i = Math.floor(k / (width - 1)), j = k % (width - 1);
      const [a, b, c, d] = [point(i, j), point(i, j + 1), point(i + 1, j + 1), point(i + 1, j)];
      return (c[0] - a[0]) * (d[1] - b[1]) < (d[0] - b[0]) * (c[1] - a[1]);
    }).length;
  }

  let report;
  return {
    draw() {
      const { points, basis } = now(), grid = M.splineGrid(now(), state.displacements);
      const out = M.gridSample(image, grid, M.sampling()), bent = M.bend(now(), state.displacements), over = folded(grid);
      report = { energy: bent.energy, over, out: Array.from(out) };
      handles.forEach((group, k) => group.toggleAttribute("hidden", k >= points.length));
      paint(seen, image.data, height, width);
      paint(made[0], out, height, width);
      paint(made[1], basis.map((row) => row[state.held]), height, width, { low: -1, map: "signed" });
      mesh(ink.clear(), grid, image);
      points.forEach((point, k) => ink.chain([pixels(point), pixels(place(k))], "grid dashed"));
      ink.dot(...pixels(place(state.held)), 12, "ring grid");
      pins.forEach((layer) => {
        layer.clear();
        points.forEach((point, k) => layer.dot(...pixels(point), k === state.held ? 5 : 2.5, "grid"));
      });
      energy.textContent = `bending energy: ${show(bent.energy)}`;
      say(`Bending energy ${show(bent.energy)}. ` + (bent.energy < 1e-9 ? "The map is affine: it moves, and does not bend. " : "") +
          (over ? `${over} of ${(height - 1) * (width - 1)} squares are turned over: there the plane folds.` : "Nothing folds."));
    },
    report: () => ({ ...state, ...report }),
  };
});
