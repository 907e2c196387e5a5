/* The mathematics of "draw": a digit laid on a canvas, and the trained networks of book/by_hand.py, forward.
 *
 * A pose is {x, y, size, angle}: where on the canvas the digit's middle lies, in the canvas's units; canvas pixels for
 * one of its own; radians. A stroke is a list of points x, y, flat, in the digit's pixels from its middle. */
(function (M) {
  "use strict";

  const DIGIT = 28, CANVAS = 40, SEEN = 20, POOL = 4;                  // pixels a side, as in the program

  // ---- a digit on the canvas ----------------------------------------------------------------------------------------

  /* The map from the canvas to the digit's picture, both in units: the program's pose. */
  function poseTheta({ x, y, size, angle }) {
    const share = CANVAS / DIGIT / size, cos = share * Math.cos(angle), sin = share * Math.sin(angle);
    return [cos, sin, -cos * x - sin * y, -sin, cos, sin * x - cos * y];
  }

  function lay(digit, pose) {
    return M.affineSample(digit, poseTheta(pose), CANVAS, CANVAS);
  }

  const toPixels = (units) => M.toPixels(units, CANVAS, false);

  /* From the digit's pixels to the canvas's, and back. */
  function ontoCanvas({ x, y, size, angle }, across, down) {
    const cos = size * Math.cos(angle), sin = size * Math.sin(angle);
    return [toPixels(x) + cos * across - sin * down, toPixels(y) + sin * across + cos * down];
  }

  function fromCanvas({ x, y, size, angle }, column, row) {
    const cos = Math.cos(angle) / size, sin = Math.sin(angle) / size;
    const across = column - toPixels(x), down = row - toPixels(y);
    return [cos * across + sin * down, cos * down - sin * across];
  }

  // As in MNIST: half of the inked pixels are full, and a stroke is 2.7 pixels wide.
  const CORE = 0.8, RIM = 1.9;                                         // distances, in the digit's pixels

  /* One line of the pen: each pixel near it gets darker by its distance from the line's nearest point. */
  function drawLine(canvas, from, to, size) {
    const reach = RIM * size, within = (value) => M.clip(Math.round(value), 0, CANVAS - 1);
    const [[left, right], [top, bottom]] = [0, 1].map((axis) =>
      [within(Math.min(from[axis], to[axis]) - reach), within(Math.max(from[axis], to[axis]) + reach)]);
    const [x, y] = from, wide = to[0] - x, high = to[1] - y, square = wide ** 2 + high ** 2 || 1;
    for (let row = top; row <= bottom; row++) {
      for (let column = left; column <= right; column++) {
        const along = Math.min(Math.max(((column - x) * wide + (row - y) * high) / square, 0), 1);
        const across = x + along * wide - column, down = y + along * high - row, near = across * across + down * down;
        if (near >= reach * reach) continue;
        const ink = (reach - Math.sqrt(near)) / size / (RIM - CORE), at = CANVAS * row + column;
        canvas.data[at] = Math.max(canvas.data[at], Math.min(ink, 1));
      }
    }
  }

  /* Strokes in a pose, in the canvas's pixels. */
  function drawStrokes(strokes, pose) {
    const canvas = M.picture(CANVAS, CANVAS);
    for (const stroke of strokes) {
      let last = ontoCanvas(pose, stroke[0], stroke[1]);
      for (let k = 0; k < stroke.length; k += 2) {
        const next = ontoCanvas(pose, stroke[k], stroke[k + 1]);
        drawLine(canvas, last, next, pose.size);
        last = next;
      }
    }
    return canvas;
  }

  /* The same drawing, with its pose in the middle of its strokes. */
  function centred(strokes, pose) {
    const spans = [0, 1].map((axis) => {
      const all = strokes.flatMap((stroke) => stroke.filter((_, k) => k % 2 === axis));
      return [Math.min(...all), Math.max(...all)];
    });
    const middle = spans.map(([low, high]) => (low + high) / 2), [column, row] = ontoCanvas(pose, ...middle);
    return {
      strokes: strokes.map((stroke) => stroke.map((value, k) => value - middle[k % 2])),
      pose: { ...pose, x: M.toUnits(column, CANVAS, false), y: M.toUnits(row, CANVAS, false) },
      reach: Math.max(...spans.map(([low, high]) => (high - low) / 2)),
    };
  }

  // ---- the networks -------------------------------------------------------------------------------------------------

  function linear(inputs, weight, bias) {
    return Float64Array.from(bias, (start, row) => {
      let sum = start;
      for (let k = 0, at = row * inputs.length; k < inputs.length; k++, at++) sum += weight[at] * inputs[k];
      return sum;
    });
  }

  /* Linear, ReLU, linear. */
  function network(inputs, [weight, bias, lastWeight, lastBias]) {
    return linear(linear(inputs, weight, bias).map((value) => Math.max(value, 0)), lastWeight, lastBias);
  }

  function softmax(logits) {
    const largest = Math.max(...logits), powers = logits.map((value) => Math.exp(value - largest));
    const total = powers.reduce((sum, value) => sum + value, 0);
    return powers.map((value) => value / total);
  }

  /* The result of a trained network for a canvas: with eight arrays of weights it has a transformer, with the
   * classifier's four it reads the canvas itself. */
  function recognise(canvas, weights) {
    const localisation = weights.slice(0, -4);
    const theta = localisation.length ? network(M.averagePool(canvas, POOL).data, localisation) : M.IDENTITY;
    const grid = M.affineGrid(theta, SEEN, SEEN, false), seen = M.gridSample(canvas, grid, M.sampling());
    const all = { theta, grid, seen, probability: softmax(network(seen, weights.slice(-4))) };
    return Object.fromEntries(Object.entries(all).map(([name, numbers]) => [name, Array.from(numbers)]));
  }

  Object.assign(M, { DIGIT, CANVAS, SEEN, poseTheta, lay, ontoCanvas, fromCanvas, drawStrokes, centred, recognise });
})((typeof globalThis === "undefined" ? window : globalThis).stnMaths);
