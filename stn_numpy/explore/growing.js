/* Growing up */
stnExplore.add("growing", (stage, data) => {
  const { M, element, show, paint, unpack, frameOf, around, outline, entry } = stnExplore;
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
  stage.row(stage.slider("steps of training", { min: 0, max: last, step: 1, words: (at) => String(steps[at]), ...entry(state, "at") }),
            stage.button("play", () => stage.repeat(last + 1, (k) => { state.at = k; }, 700)));
  stage.row(...graphs);
  stage.row(stage.choice("classifier", { linear: "linear", fcn: "fully connected", cnn: "convolutional" },
                         entry(state, "classifier")),
            stage.choice("transformer", ["rotation", "affine"], entry(state, "transform")));
  const say = stage.sentence();

  function graph(ink, lines, unit) {
    const top = Math.max(...lines.flatMap(([values]) => values));
    const place = (value, k) => [k / last, 0.4 * (1 - value / top)];
    ink.clear().line(0, 0.4, 1, 0.4, "rule");
    steps.forEach((step, k) => (k % 2 ? null : ink.text(k / last, 0.4, step, "faint", { dy: 14, size: 11 })));
    for (const [values, style, word] of lines) {
      ink.chain(values.map(place), style);
      ink.text(...place(values[0], 0), word, "start faint", { dx: 5, dy: -9, size: 11 });
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
      graph(inks[0], [[error, "output", ""], [without, "rule dashed", "dashed: without a transformer"]], "%");
      graph(inks[1], [[run().left, "grid", ""]], "\u00b0");
      say(`After ${steps[state.at]} steps: ${show(error[state.at], 1)}% of the test digits are misclassified ` +
          `(${show(without[state.at], 1)}% without a transformer), and ${show(run().left[state.at], 0)} degrees of turn are left.`);
    },
    report: () => ({ ...state, theta: run().theta[state.at], error: run().error[state.at], left: run().left[state.at] }),
  };
});
