/* The explorables, one function each. To add one: write add("name", ...) here and a line in the table of __init__.py. */
(function (root) {
  "use strict";
  const { add, element, show, minus, paint, unpack } = root.stnExplore, M = root.stnMaths;
  const degrees = (angle) => `${angle < 0 ? "" : "+"}${show(180 / Math.PI * angle, 0)}\u00b0`;
  const radians = (angle) => angle * Math.PI / 180;
  const range = (length) => Array.from({ length }, (_, k) => k);
  const frameOf = ({ height, width }) => [-0.5, -0.5, width - 0.5, height - 0.5];
  const around = ({ height, width }, margin) => [-0.5 - margin, -0.5 - margin, width - 0.5 + margin, height - 0.5 + margin];
  const CORNERS = [[-1, -1], [1, -1], [1, 1], [-1, 1]];
  const NAMES = ["1,1", "1,2", "1,3", "2,1", "2,2", "2,3"];

  /* A point of a picture in units, in its pixels. */
  function inPixels([x, y], { height, width }, corners) {
    return [M.toPixels(x, width, corners), M.toPixels(y, height, corners)];
  }

  /* Where the frame of the output lies on the input: thick along its top, a dot at its first corner. */
  function outline(ink, theta, image, corners) {
    const points = CORNERS.map(([x, y]) => inPixels(M.mapPoint(theta, x, y), image, corners));
    ink.chain(points, "grid", true);
    ink.chain(points.slice(0, 2), "grid thick");
    return points;
  }

  /* Numbers of a matrix that are read, not typed. */
  function readings(stage, title, style, get, digits) {
    const cells = range(6).map(() => element("output"));
    stage.refreshers.push(() => cells.forEach((cell, k) => { cell.textContent = show(get()[k], digits); }));
    return stage.matrix(title, style, cells);
  }

  // ---- 1 Take hold of theta -----------------------------------------------------------------------------------------

  add("theta", (stage, data) => {
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
    stage.row(stage.choice("picture", { digit: "28 \u00d7 28", pair: "28 \u00d7 56, two digits" }, () => state.image, choose),
              stage.tick("align_corners", () => state.corners, (on) => { state.corners = on; }));
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

  // ---- 2 Four neighbours --------------------------------------------------------------------------------------------

  const TINTS = ["#56b4e9", "#0072b2", "#cfe5f3", "#0b3c5d"];           // of the four pixels, as in the chapter's figure
  const ON_TINT = ["on-light", "on-dark", "on-light", "on-dark"];

  add("neighbours", (stage, data) => {
    const image = M.picture(data.height, data.width, Float64Array.from(data.values));
    const state = { at: [2.3, 1.4], mode: "bilinear", padding: "zeros", corners: false };
    const plate = stage.plate({ title: "input", role: "input", wide: true, view: around(image, 2),
                                label: "Pixels with their values, what the padding puts around them, and a sample point" });
    const canvas = plate.picture(frameOf(image)), ink = plate.layer();
    const sum = element("div", { className: "stnx-sum" }), total = element("div", { className: "stnx-name" });
    const areas = stage.plate({ title: "weights are areas", role: "grid bare", view: [-0.3, -0.16, 1.3, 1.16], small: true,
                                label: "The square between the four pixels, cut into four areas by the point" });
    const cut = areas.layer();
    const set = (x, y) => { state.at = [M.clip(x, -2.4, image.width + 1.4), M.clip(y, -2.4, image.height + 1.4)]; };
    plate.onClick((x, y) => { set(x, y); stage.redraw(); });
    stage.handle(plate, { label: "Sample point", step: 0.1, get: () => state.at, set });
    stage.row(plate, stage.column(element("div", { className: "stnx-output" }, total, sum), areas));
    const named = (names) => Object.fromEntries(names.map((name) => [name, name]));
    stage.row(stage.choice("mode", named(["nearest", "bilinear", "bicubic"]), () => state.mode, (to) => { state.mode = to; }),
              stage.choice("padding", named(["zeros", "border", "reflection"]), () => state.padding,
                           (to) => { state.padding = to; }),
              stage.tick("align_corners", () => state.corners, (on) => { state.corners = on; }));
    const say = stage.sentence();

    function valueAt(row, column) {
      const index = [M.paddedIndex(row, image.height, state.padding, state.corners),
                     M.paddedIndex(column, image.width, state.padding, state.corners)];
      return index.includes(-1) ? 0 : image.data[index[0] * image.width + index[1]];
    }

    /* The pixels that have a say, be they real or put there by the padding, with their weights. */
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

    function drawCells() {
      for (let row = -2; row < image.height + 2; row++) {
        for (let column = -2; column < image.width + 2; column++) {
          const inside = row >= 0 && column >= 0 && row < image.height && column < image.width, value = valueAt(row, column);
          const box = ink.box(column - 0.5, row - 0.5, 1, 1, "rule");
          if (!inside) Object.assign(box.style, { fill: `rgb(${Array(3).fill(28.3 * value)})`, fillOpacity: 0.2 });
          ink.text(column, row, value, inside ? (value > 4 ? "on-light" : "on-dark") : "", { size: 13 });
        }
      }
      ink.box(-0.5, -0.5, image.width, image.height, "input thick");
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
      const lines = ["pixel [row, column]", "value", "weight", "product"].map((words) => cell(words, "head"));
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
        const count = { nearest: "One pixel has", bilinear: "Four pixels have", bicubic: "Sixteen pixels have" }[state.mode];
        say(`At column ${show(state.at[0])}, row ${show(state.at[1])}. ${count} a say` +
            (missing.length ? `; ${missing.length} of them ${missing.length > 1 ? "are" : "is"} padding (${state.padding}).` : ".") +
            ` Value read: ${show(value, 3)}.`);
      },
      report: () => ({ ...state, value, mixed: neighbours().reduce((all, p) => all + p.weight * valueAt(p.row, p.column), 0) }),
    };
  });

  // ---- 3 Two conventions --------------------------------------------------------------------------------------------

  add("conventions", (stage) => {
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
    stage.row(stage.slider("pixels in the row", { min: 2, max: 28, step: 1, get: () => state.width, words: String,
                                                  set: (value) => { state.width = value; } }));
    const say = stage.sentence();

    function drawRow({ plate, ink, corners }) {
      const step = 1 / M.pixelsPerUnit(state.width, corners), centres = M.pixelCentres(state.width, corners);
      ink.clear();
      centres.forEach((centre, k) => {
        ink.box(centre - step / 2, -0.3, step, 0.4, "input").style.fill = k % 2 ? "rgb(0 114 178 / 0.28)" : "rgb(0 114 178 / 0.1)";
        ink.dot(centre, -0.1, state.width > 14 ? 2 : 3.5, "ink");
        if (step > 40 * plate.unit) ink.text(centre, 0.1, k, "", { dx: corners ? 9 : 0, dy: -4, size: 11 });
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
        const share = (pixels) => `${show(pixels)} of ${state.width} pixels, ${show(100 * pixels / state.width, 1)} %`;
        say(`${show(state.x)} units is pixel ${show(pixelAt(false))} with edges, ${show(pixelAt(true))} with centres. ` +
            `A shift of half a unit is ${share(edges)}, with edges; ${share(centres)}, with centres.`);
      },
      report: () => ({ ...state, edges: pixelAt(false), centres: pixelAt(true) }),
    };
  });

  // ---- 4 The kink ---------------------------------------------------------------------------------------------------

  add("kink", (stage, data) => {
    const state = { row: [...data.rows.hills], x: 2 };
    const up = 0.34, steep = 0.17, last = state.row.length - 1;
    const view = (top, bottom) => [-1.25, top, last + 1.25, bottom];
    const value = stage.plate({ title: "value read", role: "output plot", wide: true, view: view(-10 * up, 0.5),
                                label: "The value read along a row of five pixels: straight lines from pixel to pixel" });
    const slope = stage.plate({ title: "its slope", role: "gradient plot", wide: true, view: view(-10 * steep, 10 * steep),
                                label: "The slope along the row: a staircase, and what equation 7 says" });
    const ink = value.layer(), below = slope.layer();
    const snap = (x) => M.clip(Math.abs(x - Math.round(x)) < 0.06 ? Math.round(x) : Math.round(20 * x) / 20, -1, last + 1);
    state.row.forEach((_, k) => stage.handle(value, {
      label: `Pixel ${k}`, form: "edge", style: "input", step: up, get: () => [k, -up * state.row[k]],
      set: (_x, y) => { state.row[k] = M.clip(Math.round(-y / up), 0, 9); }, words: () => `value ${state.row[k]}` }));
    const now = () => M.alongRow(state.row, state.x);
    const slide = { label: "Sample point", step: 0.1, words: () => `position ${show(state.x)}` };
    stage.handle(value, { ...slide, get: () => [state.x, -up * now().value], set: (x) => { state.x = snap(x); } });
    stage.row(value, slope);
    stage.row(stage.slider("position, pixels", { min: -1, max: last + 1, step: 0.05, get: () => state.x,
                                                 set: (x) => { state.x = x; } }),
              stage.buttons("Rows", ...Object.entries(data.rows).map(([name, row]) =>
                stage.button(name, () => { state.row.splice(0, row.length, ...row); }))));
    const sums = element("div", { className: "stnx-sum" });
    stage.row(sums);
    const say = stage.sentence();

    function drawValue(at) {
      ink.clear().line(-1.2, 0, last + 1.2, 0, "rule");
      const pixels = [0, ...state.row, 0].map((height, k) => [k - 1, -up * height]);
      ink.chain(pixels, "output");
      range(last + 1).forEach((k) => ink.text(k, 0, k, "faint", { dy: 14 }));
      const [x, y] = [state.x, -up * at.value], reach = 0.75;
      ink.line(x - reach, y + up * at.left * reach, x, y, "gradient thick dashed");
      ink.line(x, y, x + reach, y - up * at.right * reach, "gradient thick");
      if (at.eq7 !== at.right) ink.line(x - 0.45, y + up * at.eq7 * 0.45, x + 0.45, y - up * at.eq7 * 0.45, "ink dotted");
    }

    function drawSlope(at) {
      below.clear().line(-1.2, 0, last + 1.2, 0, "rule");
      const pixels = [0, ...state.row, 0];
      for (let k = 0; k < pixels.length - 1; k++) {
        const height = -steep * (pixels[k + 1] - pixels[k]);
        below.line(k - 1, height, k, height, "gradient thick");
      }
      state.row.forEach((_, k) => below.text(k, -steep * M.eq7Literally(state.row, k), "\u00d7", "", { size: 17, dy: 6 }));
      below.line(state.x, -1.6, state.x, 1.6, "grid dashed");
      below.dot(state.x, -steep * at.right, 5, "gradient");
      below.text(-1.2, 0, "0", "faint start", { dy: -4 });
      below.text(last + 1.2, -1.6, "\u00d7 eq. 7 on a pixel", "end", { dy: 8 });
    }

    function list(at) {
      const rows = [["value read", at.value], ["slope to the left", at.left], ["slope to the right", at.right],
                    ["eq. 7, at its word", at.eq7]];
      sums.replaceChildren(...rows.flatMap(([words, number]) => [
        element("span", { className: "first" }, words), element("span", {}, show(number))]));
    }

    return {
      draw() {
        const at = now();
        drawValue(at);
        drawSlope(at);
        list(at);
        const whole = Number.isInteger(state.x) && state.x >= 0 && state.x <= last;
        say(whole ? `On pixel ${state.x} two slopes meet, ${show(at.left)} and ${show(at.right)}; the library returns the right ` +
                    `one. Equation 7 at its word says ${show(at.eq7)}: the pixel's own brightness.`
                  : `Between pixels there is one slope, ${show(at.right)}, and equation 7 agrees: ${show(at.eq7)}.`);
      },
      report: () => ({ ...state, ...now() }),
    };
  });

  // ---- 5 What every pixel asks of theta -----------------------------------------------------------------------------

  add("pulls", (stage, data) => {
    const [image, other, seven] = [data.image, data.other, data.seven].map(unpack), places = 24;
    const under = (theta, from = image) => M.affineSample(from, theta, places, places);
    const targets = {
      "turned by 12\u00b0": under(M.turnAndShift(radians(12), 0)),
      "turned by 25\u00b0 and shifted": under(M.turnAndShift(radians(25), 0.1)),
      "larger": under([0.8, 0, 0, 0, 0.8, 0]), "shifted a little": under([1, 0, 0.15, 0, 1, 0]),
      "shifted far": under([1, 0, 0.8, 0, 1, 0]), "another four": under(M.IDENTITY, other), "a seven": under(M.IDENTITY, seven),
    };
    const state = { target: Object.keys(targets)[0], theta: [...M.IDENTITY], rate: -3.7, losses: [] };
    const wanted = () => targets[state.target], rate = () => 10 ** state.rate;
    const input = stage.plate({ title: "input, and which way each point wants to go", role: "input", wide: true,
                                view: around(image, 3), label: "The input with the grid and an arrow at each point that is pulled" });
    const small = [["output", "output now"], ["output", "wanted"], ["gradient", "difference"]].map(([role, title]) =>
      stage.plate({ title, role, small: true, label: title, view: frameOf(wanted()) }));
    const history = stage.plate({ title: "loss, step by step", role: "gradient bare", view: [-0.02, -0.04, 1.02, 0.36], wide: true,
                                  label: "The loss after each step" });
    const canvases = [input.picture(frameOf(image)), ...small.map((plate) => plate.picture(frameOf(wanted())))];
    const ink = input.layer(), line = history.layer();
    let now = M.thetaGradient(image, wanted(), state.theta);

    function restart() {
      Object.assign(state, { theta: [...M.IDENTITY], losses: [] });
      stage.repeat(0);
      look();
    }
    function look() {
      now = M.thetaGradient(image, wanted(), state.theta);
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
    stage.row(stage.choice("target", Object.fromEntries(Object.keys(targets).map((name) => [name, name])), () => state.target,
                           (name) => { state.target = name; restart(); }),
              stage.slider("learning rate", { min: -5, max: -1, step: 0.1, get: () => state.rate, words: () => rate().toPrecision(2),
                                              set: (value) => { state.rate = value; } }));
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
        [now.out, wanted().data].forEach((values, k) => paint(canvases[k + 1], values, places, places));
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
                                    "exactly 0: from here no step leads anywhere."
                                  : `Loss ${show(now.loss)}, steps: ${state.losses.length - 1}. The arrows, each times its lever arm, ` +
                                    `add up to minus the gradient; a step moves theta ${rate().toPrecision(2)} times that.`);
      },
      report: () => ({ ...state, rate: rate(), loss: now.loss, dTheta: Array.from(now.dTheta), dGrid: Array.from(now.dGrid) }),
    };
  });

  // ---- 6 Landscape --------------------------------------------------------------------------------------------------

  add("landscape", (stage, data) => {
    const image = unpack(data.image), pit = [radians(25), 0.15], size = 24;
    const wanted = M.affineSample(image, M.turnAndShift(...pit), size, size);
    const state = { start: [radians(45), 0.35], steps: 40, rate: 1 };
    const across = 73, down = 41, RATES = [6e-4, 1.2e-4];              // of the chapter: one for each number
    const X = (angle) => angle / Math.PI * 1.8, Y = (shift) => -shift / 2;      // 100 degrees, 2 units: one of the plate
    const map = stage.plate({ title: "loss: angle across, shift upwards", role: "gradient bare", wide: true,
                              view: [-2.06, -1.04, 1.84, 1.24], label: "Loss over angle and shift; the path of descent on it" });
    const shown = [["output", "output at the end"], ["output", "wanted"]].map(([role, title]) =>
      stage.plate({ title, role, small: true, label: title, view: [0, 0, 1, 1] }));
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
    stage.row(stage.slider("steps", { min: 0, max: 60, step: 1, get: () => state.steps, words: String,
                                      set: (value) => { state.steps = value; } }),
              stage.slider("rate \u00d7", { min: 0.1, max: 4, step: 0.1, get: () => state.rate,
                                                          words: (value) => show(value, 1), set: (value) => { state.rate = value; } }),
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
          heights[row * across + column] = M.squaredLoss(out.data, wanted.data);
        }
      }
      paint(canvas, heights, down, across, { high: Math.max(...heights), map: "cividis" });
      if (row < down) setTimeout(() => survey(row), 0);
    }
    survey(0);

    let path;
    return {
      draw() {
        path = M.descend(image, wanted, state.start, RATES.map((rate) => rate * state.rate), state.steps);
        const end = path[path.length - 1], points = path.map(({ at }) => [X(at[0]), Y(at[1])]);
        ink.clear();
        ink.text(X(pit[0]), Y(pit[1]), "\u00d7", "on-dark", { size: 20, dy: 7 });
        ink.chain(points, "paper");
        ink.path(points.map((point) => `M${point.join(" ")}h0`).join(""), "paper points");
        ink.dot(...points[points.length - 1], 5, "output");
        for (const k of [-1, 0, 1]) {
          ink.text(1.8 * k, 1, minus(180 * k) + "\u00b0", k > 0 ? "end" : "", { dy: 15 });
          ink.text(-1.8, -k, minus(2 * k), "end", { dx: -5 });
        }
        const out = M.affineSample(image, M.turnAndShift(...end.at), size, size);
        [out, wanted].forEach((picture, k) => paint(canvases[k], picture.data, size, size));
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

  // ---- 7 Shrinking aliases ------------------------------------------------------------------------------------------

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

  add("aliasing", (stage, data) => {
    const images = { rings: rings(112), stripes: stripes(112), digit: unpack(data.digit) };
    const state = { image: "rings", share: 0.25, way: "alone" };
    const ways = { alone: "Bilinear alone", pool: "Pool by 2 first", blur: "Blur first", behind: "Pool by 2 behind" };
    const image = () => images[state.image], size = () => Math.round(image().width * state.share);
    const plates = [["input", "input"], ["output", "output, drawn as large"], ["input", "who has a say"]].map(([role, title]) =>
      stage.plate({ title, role: role + " third", label: title, view: [0, 0, 1, 1] }));
    const canvases = plates.map((plate) => plate.picture([0, 0, 1, 1])), ink = plates[0].layer();
    stage.row(...plates);
    stage.row(stage.slider("size of the output", { min: 0.1, max: 1, step: 0.01, get: () => state.share,
                                                   words: () => `${size()} of ${image().width}`, set: (value) => { state.share = value; } }),
              stage.choice("picture", { rings: "rings", stripes: "stripes", digit: "a digit" }, () => state.image,
                           (name) => { state.image = name; }));
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
        const read = state.way === "behind" ? 2 * places : places, dots = [];
        for (const i of range(read)) for (const j of range(read)) dots.push(`M${(j + 0.5) / read} ${(i + 0.5) / read}h0`);
        if (read < 40) ink.path(dots.join(""), "grid points");
        say(`${ways[state.way]}: the places lie ${show(step, 1)} pixels apart, and ${show(100 * part, 0)} % of the input's pixels have a say.` +
            (state.way === "blur" ? ` The blur is a Gaussian of ${show(spread, 1)} pixels.` : ""));
      },
      report: () => ({ ...state, size: size(), out: Array.from(out.data), part }),
    };
  });

  // ---- 8 Growing up -------------------------------------------------------------------------------------------------

  add("growing", (stage, data) => {
    const digits = data.digits.map(unpack), steps = data.steps, last = steps.length - 1;
    const state = { at: last, classifier: "linear", transform: "rotation" };
    const run = () => data.runs[`${state.classifier} ${state.transform}`], alone = () => data.runs[`${state.classifier} none`];
    const ten = element("div", { className: "stnx-ten" });
    const pairs = digits.map((digit, k) => {
      const above = stage.plate({ role: "input", view: around(digit, 7), label: `Digit ${k}, turned, and where the transformer looks` });
      const below = stage.plate({ role: "output", view: frameOf(digit), label: `Digit ${k} as the classifier sees it` });
      ten.append(element("div", {}, above.box, below.box));
      return { digit, below: below.picture(frameOf(digit)), above: above.picture(frameOf(digit)), ink: above.layer() };
    });
    const graphs = [["output bare", "test error, %"], ["grid bare", "angle left, degrees"]].map(([role, title]) =>
      stage.plate({ title, role, wide: true, label: `${title}, against the steps of training`, view: [-0.1, -0.12, 1.1, 0.5] }));
    const inks = graphs.map((plate) => plate.layer());
    stage.row(ten);
    stage.row(stage.slider("steps of training", { min: 0, max: last, step: 1, get: () => state.at, words: (at) => String(steps[at]),
                                                  set: (value) => { state.at = value; } }),
              stage.button("play", () => stage.repeat(last + 1, (k) => { state.at = k; }, 700)));
    stage.row(...graphs);
    stage.row(stage.choice("classifier", { linear: "linear", fcn: "fully connected", cnn: "convolutional" },
                           () => state.classifier, (name) => { state.classifier = name; }),
              stage.choice("transformer", { rotation: "rotation", affine: "affine" }, () => state.transform,
                           (name) => { state.transform = name; }));
    const say = stage.sentence();

    function graph(ink, lines, unit) {
      const top = Math.max(...lines.flatMap(([values]) => values));
      const place = (value, k) => [k / last, 0.4 * (1 - value / top)];
      ink.clear().line(0, 0.4, 1, 0.4, "rule");
      steps.forEach((step, k) => (k % 2 ? null : ink.text(k / last, 0.4, step, "faint", { dy: 14, size: 11 })));
      for (const [values, style, word] of lines) {
        ink.chain(values.map(place), style);
        ink.text(...place(values[0], 0), word, "start faint", { dx: 5, dy: -5, size: 11 });
      }
      const [x, y] = place(lines[0][0][state.at], state.at);
      ink.line(x, -0.05, x, 0.4, "rule dashed");
      ink.dot(x, y, 5, lines[0][1]);
      const late = state.at > last / 2;
      ink.text(x, y, show(lines[0][0][state.at], 1) + unit, `${lines[0][1]} ${late ? "end" : "start"}`, { dx: late ? -8 : 8, dy: -9 });
    }

    return {
      draw() {
        const thetas = run().theta[state.at];
        pairs.forEach(({ digit, above, below, ink }, k) => {
          paint(above, digit.data, digit.height, digit.width);
          paint(below, M.affineSample(digit, thetas[k], digit.height, digit.width).data, digit.height, digit.width);
          ink.clear();
          outline(ink, thetas[k], digit, false);
        });
        const error = run().error.map((share) => 100 * share), without = alone().error.map((share) => 100 * share);
        graph(inks[0], [[error, "output", ""], [without, "rule dashed", "dashed: without a transformer"]], " %");
        graph(inks[1], [[run().left, "grid", ""]], "\u00b0");
        say(`After ${steps[state.at]} steps: ${show(error[state.at], 1)} % of the test digits are misread ` +
            `(${show(without[state.at], 1)} % without a transformer), and ${show(run().left[state.at], 0)} degrees of turn are left.`);
      },
      report: () => ({ ...state, theta: run().theta[state.at], error: run().error[state.at], left: run().left[state.at] }),
    };
  });
})(window);
