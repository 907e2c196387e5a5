/* Four neighbours */
stnExplore.add("neighbours", (stage, data) => {
  const { M, element, show, minus, paint, frameOf, around, entry } = stnExplore;
  const TINTS = ["#56b4e9", "#0072b2", "#cfe5f3", "#0b3c5d"];           // of the four pixels, as in the chapter's figure
  const ON_TINT = ["on-light", "on-dark", "on-light", "on-dark"];

  const image = M.picture(data.height, data.width, Float64Array.from(data.values));
  const state = { at: [2.3, 1.4], mode: "bilinear", padding: "zeros", corners: false };
  const plate = stage.plate({ title: "input", role: "input", wide: true, view: around(image, 2),
                              label: "Pixels with their values, what the padding puts around them, and a sample point" });
  const canvas = plate.picture(frameOf(image)), cells = plate.layer(), ink = plate.layer();
  const sum = element("div", { className: "stnx-sum" }), total = element("div", { className: "stnx-name" });
  const areas = stage.plate({ title: "weights are areas", role: "grid bare", view: [-0.3, -0.16, 1.3, 1.16], small: true,
                              label: "The square between the four pixels, cut into four areas by the point" });
  const cut = areas.layer();
  const set = (x, y) => { state.at = [M.clip(x, -2.4, image.width + 1.4), M.clip(y, -2.4, image.height + 1.4)]; };
  plate.onClick((x, y) => { set(x, y); stage.redraw(); });
  stage.handle(plate, { label: "Sample point", step: 0.1, get: () => state.at, set });
  stage.row(plate, stage.column(element("div", { className: "stnx-output" }, total, sum), areas));
  stage.row(stage.choice("mode", ["nearest", "bilinear", "bicubic"], entry(state, "mode")),
            stage.choice("padding", ["zeros", "border", "reflection"], entry(state, "padding")),
            stage.tick("align_corners", entry(state, "corners")));
  const say = stage.sentence();

  function valueAt(row, column) {
    const index = [M.paddedIndex(row, image.height, state.padding, state.corners),
                   M.paddedIndex(column, image.width, state.padding, state.corners)];
    return index.includes(-1) ? 0 : image.data[index[0] * image.width + index[1]];
  }

  /* The pixels with a weight, those of the padding included. */
  function neighbours() {
    const kernels = { nearest: (d) => (Math.abs(d) < 0.5 ? 1 : 0), bilinear: (d) => Math.max(0, 1 - Math.abs(d)), bicubic: M.cubic };
    const [x, y] = state.at, reach = { nearest: [], bilinear: [0, 1], bicubic: [-1, 0, 1, 2] }[state.mode], found = [];
    if (!reach.length) return [{ row: Math.round(y), column: Math.round(x), weight: 1 }];
    for (const dy of reach) {
      for (const dx of reach) {
        const row = Math.floor(y) + dy, column = Math.floor(x) + dx, kernel = kernels[state.mode];
        found.push({ row, column, weight: kernel(y - row) * kernel(x - column) });
      }
    }
    return found;
  }

  /* Drawn again only when they change, not while the point moves. */
  let drawn;
  function drawCells() {
    const needed = [state.padding, state.corners, plate.unit].join();
    if (needed === drawn) return;
    drawn = needed;
    cells.clear();
    for (let row = -2; row < image.height + 2; row++) {
      for (let column = -2; column < image.width + 2; column++) {
        const inside = row >= 0 && column >= 0 && row < image.height && column < image.width, value = valueAt(row, column);
        const box = cells.box(column - 0.5, row - 0.5, 1, 1, "rule");
        if (!inside) Object.assign(box.style, { fill: `rgb(${Array(3).fill(28.3 * value)})`, fillOpacity: 0.2 });
        cells.text(column, row, value, inside ? (value > 4 ? "on-light" : "on-dark") : "", { size: 13 });
      }
    }
    cells.box(-0.5, -0.5, image.width, image.height, "input thick");
  }

  /* Each weight is the area of the rectangle opposite to its pixel. */
  function drawAreas(found) {
    const [x, y] = state.at;
    found.forEach(({ row, column }, k) => {
      const left = k % 2 ? column - 1 : x, top = k > 1 ? row - 1 : y;
      const box = ink.box(left, top, k % 2 ? x - left : column + 1 - x, k > 1 ? y - top : row + 1 - y, "paper");
      Object.assign(box.style, { fill: TINTS[k], stroke: "#fff", fillOpacity: 0.9 });
    });
  }

  function drawDot(layer, x, y, k, value) {
    Object.assign(layer.dot(x, y, 12, "").style, { fill: TINTS[k], stroke: "#fff", strokeWidth: 1.5 });
    layer.text(x, y, value, ON_TINT[k], { size: 13 });
  }

  /* The same square, large, with its numbers. */
  function drawSquare(found) {
    const [x, y] = state.at.map((place) => place - Math.floor(place));
    areas.box.hidden = state.mode !== "bilinear";
    cut.clear();
    if (areas.box.hidden) return;
    found.forEach(({ weight }, k) => {
      const [left, wide] = k % 2 ? [0, x] : [x, 1 - x], [top, high] = k > 1 ? [0, y] : [y, 1 - y];
      Object.assign(cut.box(left, top, wide, high, "paper").style, { fill: TINTS[k], stroke: "var(--panel)" });
      if (wide > 0.3 && high > 0.14) cut.text(left + wide / 2, top + high / 2, show(weight), ON_TINT[k]);
    });
    found.forEach(({ row, column }, k) => drawDot(cut, k % 2, k > 1 ? 1 : 0, k, valueAt(row, column)));
    cut.dot(x, y, 5, "grid");
  }

  function drawPixels(found) {
    found.forEach(({ row, column, weight }, k) => {
      if (state.mode === "bicubic") {
        const side = 0.95 * Math.sqrt(Math.abs(weight)), box = ink.box(column - side / 2, row - side / 2, side, side, "paper");
        Object.assign(box.style, { fill: weight < 0 ? "#d55e00" : "#0072b2", fillOpacity: 0.9 });
        if (side > 0.4) ink.text(column, row, valueAt(row, column), "on-dark", { size: 13 });
        return;
      }
      drawDot(ink, column, row, k, valueAt(row, column));
    });
  }

  function listSum(found, value) {
    const cell = (words, style = "") => element("span", { className: style }, words);
    const lines = ["pixel [row, column]", "value", "weight", "product"].map((words, k) => cell(words, k ? "head" : "head first"));
    const few = found.length > 4 ? [...found].sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight)).slice(0, 4) : found;
    few.forEach((one, k) => {
      const swatch = cell("", "stnx-swatch"), here = valueAt(one.row, one.column);
      swatch.style.background = found.length > 4 ? (one.weight < 0 ? "#d55e00" : "#0072b2") : TINTS[k];
      const first = cell("", "first");
      first.append(swatch, minus(`[${one.row}, ${one.column}]`));
      lines.push(first, cell(show(here, 0)), cell(`\u00d7 ${show(one.weight, 3)}`), cell(`= ${show(here * one.weight, 3)}`));
    });
    if (found.length > 4) {
      const rest = value - few.reduce((all, one) => all + one.weight * valueAt(one.row, one.column), 0);
      lines.push(cell("12 others", "first"), cell(""), cell(""), cell(`= ${show(rest, 3)}`));
    }
    lines.push(cell("read", "first total"), cell("", "total"), cell("", "total"), cell(show(value, 3), "total"));
    sum.replaceChildren(...lines);
  }

  let value;
  return {
    draw() {
      const units = [M.toUnits(state.at[0], image.width, state.corners), M.toUnits(state.at[1], image.height, state.corners)];
      [value] = M.gridSample(image, units, M.sampling(state.corners, state.mode, state.padding));
      const found = neighbours();
      paint(canvas, image.data, image.height, image.width, { high: 9 });
      ink.clear();
      drawCells();
      if (state.mode === "bilinear") drawAreas(found);
      drawPixels(found);
      drawSquare(found);
      listSum(found, value);
      total.textContent = `value read: ${show(value, 3)}`;
      const missing = found.filter(({ row, column }) => row < 0 || column < 0 || row >= image.height || column >= image.width);
      const count = { nearest: "One pixel contributes", bilinear: "Four pixels contribute", bicubic: "Sixteen pixels contribute" }[state.mode];
      say(`At column ${show(state.at[0])}, row ${show(state.at[1])}. ${count}` +
          (missing.length ? `; ${missing.length} of them ${missing.length > 1 ? "are" : "is"} padding (${state.padding}).` : ".") +
          ` Value read: ${show(value, 3)}.`);
    },
    report: () => ({ ...state, value, mixed: neighbours().reduce((all, p) => all + p.weight * valueAt(p.row, p.column), 0) }),
  };
});
