/* The kink */
stnExplore.add("kink", (stage, data) => {
  const { M, element, show, range, entry } = stnExplore;
  const state = { row: [...data.rows.hills], x: 2 };
  const up = 0.34, steep = 0.17, last = state.row.length - 1;
  const view = (top, bottom) => [-1.25, top, last + 1.25, bottom];
  const value = stage.plate({ title: "value read", role: "output plot", wide: true, view: view(-10 * up, 0.5),
                              label: "The value read along a row of five pixels: straight lines from pixel to pixel" });
  const slope = stage.plate({ title: "its slope; \u00d7: eq. 7 on a pixel", role: "gradient plot", wide: true, view: view(-10 * steep, 10 * steep),
                              label: "The slope along the row: a staircase, and the value of equation 7" });
  const ink = value.layer(), below = slope.layer();
  const snap = (x) => M.clip(Math.abs(x - Math.round(x)) < 0.06 ? Math.round(x) : Math.round(20 * x) / 20, -1, last + 1);
  state.row.forEach((_, k) => stage.handle(value, {
    label: `Pixel ${k}`, form: "edge", style: "input", step: up, get: () => [k, -up * state.row[k]],
    set: (_x, y) => { state.row[k] = M.clip(Math.round(-y / up), 0, 9); }, words: () => `value ${state.row[k]}` }));
  const now = () => M.alongRow(state.row, state.x);
  const slide = { label: "Sample point", step: 0.1, words: () => `position ${show(state.x)}` };
  stage.handle(value, { ...slide, get: () => [state.x, -up * now().value], set: (x) => { state.x = snap(x); } });
  stage.row(value, slope);
  stage.row(stage.slider("position, pixels", { min: -1, max: last + 1, step: 0.05, ...entry(state, "x") }),
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
  }

  function list(at) {
    const rows = [["value read", at.value], ["slope to the left", at.left], ["slope to the right", at.right],
                  ["eq. 7, as printed", at.eq7]];
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
                  `one. Equation 7, as printed, gives ${show(at.eq7)}: the pixel's own brightness.`
                : `Between pixels there is one slope, ${show(at.right)}, and equation 7 agrees: ${show(at.eq7)}.`);
    },
    report: () => ({ ...state, ...now() }),
  };
});
