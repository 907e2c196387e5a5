/* Draw a digit */
stnExplore.add("draw", (stage, data) => {
  const { M, element, show, paint, unpack, degrees, radians, range, frameOf, CORNERS, inPixels, outline, readings } = stnExplore;
  const numbers = (text) => new Float32Array(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);
  const digits = data.digits.map(unpack), blank = M.picture(M.CANVAS, M.CANVAS), small = M.picture(M.SEEN, M.SEEN);
  const weights = { transformer: data.transformer.map(numbers), plain: data.plain.map(numbers) };
  const WHOLE = M.DIGIT / 2, LEAST = 0.6;                               // pixels between two points of a stroke
  const state = { digit: 6, strokes: [], pose: { x: 0.4, y: -0.35, size: 0.7, angle: 0 }, reach: 0 };
  let pen = null;

  const plate = stage.plate({ title: "canvas: draw here", role: "input", view: frameOf(blank),
                              label: "A digit on a canvas, and where the transformer reads it" });
  const canvas = plate.picture(frameOf(blank)), ink = plate.layer();
  const looks = Object.entries({ transformer: "with a transformer", plain: "without one" }).map(([name, title]) => {
    const role = name === "plain" ? "" : "output";
    const seen = stage.plate({ title, role, view: frameOf(small), label: `The input of the classifier ${title}` });
    const bars = stage.plate({ role: "bare", view: [-0.1, -0.5, 10.1, 6], label: `Ten probabilities, ${title}` });
    return { name, seen: seen.picture(frameOf(small)), bars: bars.layer(), box: stage.column(seen, bars) };
  });
  const pair = element("div", { className: "stnx-pair" }, ...looks.map((look) => look.box));

  // ---- the reader's actions -----------------------------------------------------------------------------------------

  function take(digit) {
    Object.assign(state, { digit, strokes: [] });
  }

  function wipe() {
    Object.assign(state, { digit: null, strokes: [], pose: { x: 0, y: 0, size: 1, angle: 0 } });
  }

  const empty = () => state.digit === null && !state.strokes.length;

  function begin(event) {
    if (event.target.closest(".stnx-handle") || event.button || pen) return;
    if (state.digit !== null) wipe();
    plate.field.setPointerCapture(event.pointerId);
    pen = M.fromCanvas(state.pose, ...plate.at(event));
    state.strokes.push(pen);
    stage.redraw();
  }

  function go(event) {
    for (const one of pen ? [...(event.getCoalescedEvents?.() || []), event] : []) {
      const next = M.fromCanvas(state.pose, ...plate.at(one));
      if (Math.hypot(next[0] - pen.at(-2), next[1] - pen.at(-1)) > LEAST) pen.push(...next);
    }
    if (pen) stage.redraw();
  }

  function lift() {
    if (pen) Object.assign(state, M.centred(state.strokes, state.pose));
    pen = null;
    stage.redraw();
  }

  plate.field.classList.add("drawn");
  plate.field.addEventListener("pointerdown", begin);
  plate.field.addEventListener("pointermove", go);
  for (const name of ["pointerup", "pointercancel"]) plate.field.addEventListener(name, lift);

  const reach = () => (state.digit === null ? Math.max(state.reach, 1) + 3 : WHOLE);
  const at = (across, down) => M.ontoCanvas(state.pose, across * reach(), down * reach());
  const change = (entries) => { state.pose = { ...state.pose, ...entries }; };
  const units = (pixels) => M.clip(M.toUnits(pixels, M.CANVAS, false), -1.2, 1.2);
  const move = stage.handle(plate, {
    label: "Move the digit", form: "centre", style: "input", get: () => at(0, -1),
    set(column, row) {
      const [x, y] = at(0, 0), [grippedX, grippedY] = at(0, -1);
      change({ x: units(x + column - grippedX), y: units(y + row - grippedY) });
    } });
  const turn = stage.handle(plate, {
    label: "Turn and scale the digit", style: "input", get: () => at(1, 1),
    set(column, row) {
      const [x, y] = at(0, 0), angle = Math.atan2(row - y, column - x) - Math.PI / 4;
      change({ size: M.clip(Math.hypot(column - x, row - y) / reach() / Math.SQRT2, 0.3, 2),
               angle: angle < -Math.PI ? angle + 2 * Math.PI : angle });
    },
    words: () => `turned by ${degrees(state.pose.angle)}, size ${show(state.pose.size)}` });

  stage.row(plate, pair);
  stage.row(stage.buttons("Test digits", ...range(10).map((digit) =>
    stage.button(String(digit), () => take(digit), () => state.digit === digit)), stage.button("clear", wipe)));
  stage.row(readings(stage, "theta", "grid", () => state.theta), element("div", { className: "stnx-stack" },
    stage.slider("turn", { min: -180, max: 180, step: 1, words: (value) => degrees(radians(value)),
                           get: () => state.pose.angle * 180 / Math.PI, set: (value) => change({ angle: radians(value) }) }),
    stage.slider("size", { min: 0.3, max: 2, step: 0.01, get: () => state.pose.size, set: (size) => change({ size }) })));
  const say = stage.sentence();

  // ---- the networks' results -------------------------------------------------------------------------------------

  function drawBars(layer, probability, colour) {
    const best = probability.indexOf(Math.max(...probability));
    layer.clear().line(0, 5, 10, 5, "rule");
    probability.forEach((share, digit) => {
      const first = digit === best;
      layer.box(digit + 0.1, 5 - 5 * share, 0.8, 5 * share, first ? `bar ${colour}` : "bar");
      layer.text(digit + 0.5, 5, digit, first ? "strong" : "faint", { dy: 14 });
    });
  }

  function drawLook() {
    const { grid, theta } = found.transformer;
    const dots = range(M.SEEN ** 2 / 4).map((k) => {                    // every second row and column
      const start = 4 * (k % 10 + M.SEEN * Math.floor(k / 10));
      return `M${inPixels(grid.slice(start, start + 2), blank, false).join(" ")}h0`;
    });
    ink.clear().path(dots.join(""), "grid points");
    outline(ink, theta, blank, false);
    for (const handle of [move, turn]) handle.toggleAttribute("hidden", !!pen || empty());
    if (!pen && !empty()) ink.chain(CORNERS.map((corner) => at(...corner)), "paper dashed thin", true);
  }

  function answers() {
    if (empty()) return "The canvas is empty: draw a digit, or take one.";
    const [first, second] = looks.map(({ name }) => {
      const share = Math.max(...found[name].probability);
      return `${found[name].probability.indexOf(share)} (${show(100 * share, 0)}%)`;
    });
    const shown = state.digit === null ? "Your drawing" : `Test digit ${state.digit}`;
    return `${shown}. With a transformer: ${first}; without one: ${second}.`;
  }

  const average = `Of ${data.canvases} upright test digits at any place and size, the first network misclassifies ` +
    `${show(100 * data.errors.transformer, 1)}%, the second ${show(100 * data.errors.plain, 1)}%.`;
  let found, image;
  return {
    draw() {
      image = state.digit === null ? M.drawStrokes(state.strokes, state.pose) : M.lay(digits[state.digit], state.pose);
      found = Object.fromEntries(looks.map(({ name }) => [name, M.recognise(image, weights[name])]));
      state.theta = found.transformer.theta;
      paint(canvas, image.data, M.CANVAS, M.CANVAS);
      for (const { name, seen, bars } of looks) {
        paint(seen, found[name].seen, M.SEEN, M.SEEN);
        drawBars(bars, found[name].probability, name === "plain" ? "" : "output");
      }
      drawLook();
      say(`${answers()} ${average}`);
    },
    report: () => ({ ...state, image: Array.from(image.data), ...found }),
  };
});
