/* One number cannot follow */
stnExplore.add("winding", (stage, data) => {
  const { M, element, show, minus, paint, unpack, radians, range, frameOf, entry } = stnExplore;
  const thing = unpack(data.thing), { height, width } = thing, turns = 16;
  const state = { heading: 60, seam: 60 };
  const seen = (image, degrees) => M.affineSample(image, M.turnAndShift(radians(degrees), 0), height, width);
  const middle = (height - 1) / 2, ring = 0.43 * height, onRing = (degrees, radius) =>
    [middle + radius * Math.sin(radians(degrees)), middle - radius * Math.cos(radians(degrees))];
  const tile = stage.plate({ title: "tile", role: "input", view: frameOf(thing), label: "A tile with an object from above, which can be turned" });
  const rose = stage.plate({ title: "sixteen shares", role: "grid bare", view: [-1.25, -1.25, 1.25, 1.25], label: "The share of each of sixteen directions, around a circle" });
  const curve = stage.plate({ title: "one number, against the heading", role: "gradient bare", wide: true, view: [-214, -104, 200, 114],
                              label: "The angle that one number predicts, against the heading: it rises, and has to come back" });
  const made = [["output", "turned by the largest share"], ["gradient", "turned by one number"]].map(([role, title]) =>
    stage.plate({ title, role, small: true, view: frameOf(thing) }));
  const canvas = tile.picture(frameOf(thing)), canvases = made.map((plate) => plate.picture(frameOf(thing)));
  const petals = rose.layer(), line = curve.layer();
  const round = (degrees) => (Math.round(degrees) % 360 + 360) % 360;
  stage.handle(tile, { label: "Nose of the object", step: 1, get: () => onRing(state.heading, ring),
                       set: (x, y) => { state.heading = round(180 / Math.PI * Math.atan2(x - middle, middle - y)); },
                       words: () => `heading ${state.heading} degrees` });
  stage.row(tile, rose);
  stage.row(curve, stage.column(element("div", { className: "stnx-trio" }, ...made.map((plate) => plate.box))));
  stage.row(stage.slider("heading", { min: 0, max: 359, step: 1, words: (value) => `${value}\u00b0`, ...entry(state, "heading") }),
            stage.slider("seam, degrees wide", { min: 4, max: 180, step: 2, words: String, ...entry(state, "seam") }),
            stage.button("once around", () => stage.repeat(73, (k) => { state.heading = round(5 * k); })));
  const say = stage.sentence();

  function now() {
    const image = seen(thing, -state.heading), shares = M.turnedShares(image, thing, turns);
    const best = 360 / turns * shares.indexOf(Math.max(...shares)), number = M.oneNumber(state.heading, state.seam);
    const left = (angle) => Math.abs(M.shortWay(state.heading - angle));
    return { image, shares, best, number, leftBest: left(best), leftNumber: left(number) };
  }

  function drawRose(at) {
    petals.clear();
    const most = Math.max(...at.shares);
    at.shares.forEach((share, k) => {
      const angle = radians(360 / turns * k), [x, y] = [Math.sin(angle), -Math.cos(angle)], length = 0.15 + 0.85 * share;
      petals.line(0.12 * x, 0.12 * y, length * x, length * y, `grid ${share === most ? "thick" : ""}`);
      petals.dot(length * x, length * y, share === most ? 6 : 3, "grid");
      petals.text(1.12 * x, 1.12 * y, k, "faint", { size: 11 });
    });
  }

  function drawCurve(at) {
    const half = 180 - state.seam / 2, place = M.shortWay(state.heading), Y = (degrees) => -degrees / 2;
    line.clear().chain([[-180, -90], [-180, 90], [180, 90]], "rule");
    for (const k of [-180, -90, 0, 90, 180]) {
      line.text(k, 90, round(k) + "\u00b0", "faint", { dy: 16, size: 11 });
      line.text(-180, Y(k), minus(k) + "\u00b0", "end faint", { dx: -5, size: 11 });
    }
    for (const side of [-half, half]) line.line(side, -90, side, 90, "rule dashed");
    line.chain([[-180, 90], [180, -90]], "grid dotted");
    line.chain([[-180, 0], [-half, Y(-half)], [half, Y(half)], [180, 0]], "gradient");
    line.line(place, Y(at.number), place, Y(place), "gradient dashed");
    line.dot(place, Y(place), 4, "grid");
    line.dot(place, Y(at.number), 6, "gradient");
  }

  return {
    draw() {
      const at = now();
      [[canvas, at.image], [canvases[0], seen(at.image, at.best)], [canvases[1], seen(at.image, at.number)]].forEach(
        ([where, image]) => paint(where, image.data, height, width));
      drawRose(at);
      drawCurve(at);
      const inSeam = Math.abs(M.shortWay(state.heading)) > 180 - state.seam / 2;
      say(`Heading ${state.heading}\u00b0. The largest share is at ${show(at.best, 1)}\u00b0 and leaves ${show(at.leftBest, 0)}\u00b0. ` +
          `The number predicts ${show(at.number, 0)}\u00b0 and leaves ${show(at.leftNumber, 0)}\u00b0` +
          (inSeam ? ": in the seam it has to come back the long way." : "."));
    },
    report: () => { const { image, ...rest } = now(); return { ...state, ...rest, shares: Array.from(rest.shares) }; },
  };
});
