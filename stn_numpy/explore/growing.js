/* Training, step by step, and turning upright: recorded training runs */
(() => {
  const { M, element, show, paint, unpack, frameOf, around, outline, entry } = stnExplore;
  const CURVES = {
    error: ["output", "test error, %", 100], left: ["grid", "remaining angle, degrees", 1],
    leak: ["input", "class read from theta, %", 100], silent: ["ink", "silent units, %", 100],
  };

  function replay(stage, { labels, digits: packed, steps, choices, runs }) {
    const digits = packed.map(unpack), last = steps.length - 1, names = Object.keys(choices);
    const state = { at: last, ...Object.fromEntries(names.map((name) => [name, Object.keys(choices[name])[0]])) };
    const run = () => runs[names.map((name) => state[name]).join(" ")];
    const ten = element("div", { className: "stnx-ten" });
    const pairs = digits.map((digit, k) => {
      const above = stage.plate({ role: "input", view: around(digit, 7), label: `Digit ${labels[k]}, turned, and where the transformer looks` });
      const below = stage.plate({ role: "output", view: frameOf(digit), label: `Digit ${labels[k]}, the classifier's input` });
      ten.append(element("div", {}, above.box, below.box));
      return { digit, below: below.picture(frameOf(digit)), above: above.picture(frameOf(digit)), ink: above.layer() };
    });
    const graphs = Object.entries(CURVES).filter(([key]) => run()[key]).map(([key, [style, title, factor]]) => {
      const plate = stage.plate({ title, role: `${style} bare`, wide: true, label: `${title}, against the steps of training`, view: [-0.1, -0.12, 1.1, 0.5] });
      return { key, style, factor, plate, ink: plate.layer() };
    });
    stage.row(ten);
    stage.row(stage.slider("steps of training", { min: 0, max: last, step: 1, words: count, ...entry(state, "at") }),
              stage.button("play", () => stage.repeat(last + 1, (k) => { state.at = k; }, 700)));
    stage.row(...graphs.map(({ plate }) => plate));
    if (names.length) stage.row(...names.map((name) => stage.choice(name, choices[name], entry(state, name))));
    const say = stage.sentence();

    function count(at) {
      return steps[at].toLocaleString("en");
    }

    /* A curve starts where something was recorded. */
    function graph({ key, style, factor, ink }) {
      const { [key]: values, without } = run(), value = values[state.at], x = state.at / last;
      const lines = key === "error" && without ? [[values, style], [without, "rule dashed"]] : [[values, style]];
      const top = Math.max(...lines.flatMap(([heights]) => heights)) || 1, height = (number) => 0.4 * (1 - number / top);
      ink.clear().line(0, 0.4, 1, 0.4, "rule");
      steps.forEach((_, k) => (k % Math.ceil(last / 5) ? null : ink.text(k / last, 0.4, count(k), "faint", { dy: 14, size: 11 })));
      for (const [heights, look] of lines) {
        ink.chain(heights.map((number, k) => [k / last, height(number), number]).filter((point) => point.pop() !== null), look);
      }
      if (lines[1]) ink.text(0, height(without[0]), "dashed: without a transformer", "start faint", { dx: 5, dy: -9, size: 11 });
      ink.line(x, -0.05, x, 0.4, "rule dashed");
      if (value === null) return;
      const late = x > 0.8, words = show(factor * value, 1) + (factor === 1 ? "\u00b0" : "%");
      ink.dot(x, height(value), 5, style);
      ink.text(x, height(value), words, `${style} ${late ? "end" : "start"}`, { dx: late ? -8 : 8, dy: values[state.at + 1] > value ? 17 : -9 });
    }

    function sentence({ error, without, left, leak, silent }, at) {
      const percent = (curve) => `${show(100 * curve[at], 1)}%`, known = (curve) => curve && curve[at] !== null;
      const beside = without ? ` (${percent(without)} without a transformer)` : "";
      return `After ${count(at)} steps: ` + new Intl.ListFormat("en-GB").format([
        ...(known(error) ? [`${percent(error)} of the test digits are misclassified${beside}`] : []),
        `the remaining angle is ${show(left[at], 0)} degrees`,
        ...(known(leak) ? [`the class can be read from theta for ${percent(leak)} of them`] : []),
        ...(known(silent) ? [`${percent(silent)} of the localisation network's last hidden units are silent`] : []),
      ]) + ".";
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
        graphs.forEach(graph);
        say(sentence(run(), state.at));
      },
      report: () => ({ ...state, ...Object.fromEntries(Object.entries(run()).map(([name, values]) => [name, values[state.at]])) }),
    };
  }

  for (const name of ["growing", "turning"]) stnExplore.add(name, replay);
})();
