/* The mathematics of the explorables: the operations of stn_numpy for one grey picture, and nothing that draws.
 *
 * A picture is {height, width, data}, its data row by row. A theta is six numbers, row by row. A grid is a flat list of
 * points x, y in normalised units. The tests run this file without a browser and compare it with stn_numpy. */
(function (root) {
  "use strict";

  const IDENTITY = [1, 0, 0, 0, 1, 0];

  function picture(height, width, data) {
    return { height, width, data: data || new Float64Array(height * width) };
  }

  // ---- positions ----------------------------------------------------------------------------------------------------

  function toPixels(units, length, alignCorners) {
    return alignCorners ? (units + 1) / 2 * (length - 1) : ((units + 1) * length - 1) / 2;
  }

  function toUnits(pixels, length, alignCorners) {
    if (alignCorners) return length > 1 ? 2 * pixels / (length - 1) - 1 : 0;
    return (2 * pixels + 1) / length - 1;
  }

  function pixelsPerUnit(length, alignCorners) {
    return alignCorners ? (length - 1) / 2 : length / 2;
  }

  function pixelCentres(length, alignCorners) {
    return Float64Array.from({ length }, (_, k) => toUnits(k, length, alignCorners));
  }

  function affineGrid(theta, height, width, alignCorners) {
    const x = pixelCentres(width, alignCorners), y = pixelCentres(height, alignCorners);
    const grid = new Float64Array(2 * height * width);
    for (let i = 0, at = 0; i < height; i++) {
      for (let j = 0; j < width; j++) {
        grid[at++] = theta[0] * x[j] + theta[1] * y[i] + theta[2];
        grid[at++] = theta[3] * x[j] + theta[4] * y[i] + theta[5];
      }
    }
    return grid;
  }

  function affineGridBackward(dGrid, height, width, alignCorners) {
    const x = pixelCentres(width, alignCorners), y = pixelCentres(height, alignCorners);
    const dTheta = new Float64Array(6);
    for (let i = 0, at = 0; i < height; i++) {
      for (let j = 0; j < width; j++) {
        for (let row = 0; row < 6; row += 3, at++) {
          dTheta[row] += dGrid[at] * x[j];
          dTheta[row + 1] += dGrid[at] * y[i];
          dTheta[row + 2] += dGrid[at];
        }
      }
    }
    return dTheta;
  }

  // ---- one axis of the sampler: which pixels, their weights, and the slopes of the weights --------------------------

  function clip(value, low, high) {
    return Math.min(Math.max(value, low), high);
  }

  function roundToEven(value) {
    const low = Math.floor(value), rest = value - low;
    return rest < 0.5 || (rest === 0.5 && low % 2 === 0) ? low : low + 1;
  }

  /* Mirror a position at the outer centres or the outer edges, as often as needed: [position, sign of its motion]. */
  function reflect(position, length, alignCorners) {
    const low = alignCorners ? 0 : -0.5, span = alignCorners ? length - 1 : length;
    if (span === 0) return [0, 0];
    const distance = position - low, sign = distance < 0 ? -1 : 1, around = Math.abs(distance) % (2 * span);
    return around >= span ? [2 * span - around + low, -sign] : [around + low, sign];
  }

  function fold(position, length, padding, alignCorners) {
    const [inside, sign] = padding === "reflection" ? reflect(position, length, alignCorners) : [position, 1];
    const chain = inside <= 0 || inside >= length - 1 ? 0 : sign;    // at the clamp the derivative is 0, as in torch
    return [clip(inside, 0, length - 1), chain];
  }

  /* The pixel of the axis that padding puts at a whole position outside it; -1 for none. */
  function paddedIndex(cell, length, padding, alignCorners) {
    if (padding === "reflection") cell = reflect(cell, length, alignCorners)[0];
    if (padding !== "zeros") cell = clip(cell, 0, length - 1);
    return cell >= 0 && cell <= length - 1 ? cell : -1;
  }

  const A = -0.75;                                                    // of the cubic kernel, as in torch

  function cubic(distance) {
    const d = Math.abs(distance);
    return d <= 1 ? ((A + 2) * d - (A + 3)) * d * d + 1 : ((d - 5) * d + 8) * d * A - 4 * A;
  }

  function cubicSlope(distance) {
    const d = Math.abs(distance), sign = distance < 0 ? -1 : 1;
    return sign * (d <= 1 ? (3 * (A + 2) * d - 2 * (A + 3)) * d : ((3 * d - 10) * d + 8) * A);
  }

  function newTaps() {
    return { count: 0, index: new Int32Array(4), weight: new Float64Array(4), slope: new Float64Array(4) };
  }

  function put(taps, cell, weight, slope, length) {
    const inside = cell >= 0 && cell <= length - 1, k = taps.count++;
    taps.index[k] = inside ? cell : 0;
    taps.weight[k] = inside ? weight : 0;
    taps.slope[k] = inside ? slope : 0;
  }

  function axisTaps(taps, position, length, { mode, padding, alignCorners }) {
    taps.count = 0;
    if (padding !== "reflection") position = clip(position, -3, length + 2);
    if (mode === "bicubic") {
      const floor = Math.floor(position);
      for (let cell = floor - 1; cell <= floor + 2; cell++) {
        const stand = padding === "zeros" ? cell : paddedIndex(cell, length, padding, alignCorners);
        put(taps, stand, cubic(position - cell), cubicSlope(position - cell), length);
      }
      return taps;
    }
    let inside = position, chain = 1;
    if (padding !== "zeros") [inside, chain] = fold(position, length, padding, alignCorners);
    if (mode === "nearest") {
      put(taps, roundToEven(inside), 1, 0, length);
    } else {
      const floor = Math.floor(inside), fraction = inside - floor;
      put(taps, floor, 1 - fraction, -chain, length);
      put(taps, floor + 1, fraction, chain, length);
    }
    return taps;
  }

  // ---- the sampler --------------------------------------------------------------------------------------------------

  const acrossTaps = newTaps(), downTaps = newTaps();

  /* Read one point: its value and its slopes per pixel go into `seen`; with `dImage`, `dOut` is added to its pixels. */
  function readPoint(seen, image, x, y, options, dImage, dOut) {
    const { height, width, data } = image;
    const pX = toPixels(x, width, options.alignCorners), pY = toPixels(y, height, options.alignCorners);
    seen.value = seen.slopeX = seen.slopeY = 0;
    const endless = options.padding === "reflection" && !(Number.isFinite(pX) && Number.isFinite(pY));
    if (endless || Number.isNaN(pX) || Number.isNaN(pY)) {
      seen.value = seen.slopeX = seen.slopeY = NaN;
      return;
    }
    const across = axisTaps(acrossTaps, pX, width, options), down = axisTaps(downTaps, pY, height, options);
    for (let r = 0; r < down.count; r++) {
      for (let q = 0; q < across.count; q++) {
        const at = down.index[r] * width + across.index[q], weight = down.weight[r] * across.weight[q];
        seen.value += data[at] * weight;
        seen.slopeX += data[at] * down.weight[r] * across.slope[q];
        seen.slopeY += data[at] * down.slope[r] * across.weight[q];
        if (dImage) dImage[at] += dOut * weight;
      }
    }
  }

  /* Values and slopes per unit at all points, each point read once; dImage is the gradient of the pixels. */
  function readAll(image, grid, options, dOut) {
    const out = new Float64Array(grid.length / 2), slopes = new Float64Array(grid.length), seen = {};
    const dImage = dOut && new Float64Array(image.data.length);
    const perX = pixelsPerUnit(image.width, options.alignCorners);
    const perY = pixelsPerUnit(image.height, options.alignCorners);
    for (let k = 0; k < out.length; k++) {
      readPoint(seen, image, grid[2 * k], grid[2 * k + 1], options, dImage, dOut && dOut[k]);
      out[k] = seen.value;
      slopes[2 * k] = seen.slopeX * perX;
      slopes[2 * k + 1] = seen.slopeY * perY;
    }
    return { out, slopes, dImage };
  }

  function gridSample(image, grid, options) {
    return readAll(image, grid, options).out;
  }

  function gridSampleBackward(dOut, image, grid, options) {
    const { slopes, dImage } = readAll(image, grid, options, dOut);
    return { dImage, dGrid: slopes.map((slope, k) => dOut[k >> 1] * slope) };
  }

  function sampling(alignCorners = false, mode = "bilinear", padding = "zeros") {
    return { mode, padding, alignCorners };
  }

  function affineSample(image, theta, height, width, options = sampling()) {
    return picture(height, width, gridSample(image, affineGrid(theta, height, width, options.alignCorners), options));
  }

  // ---- theta, read and moved ----------------------------------------------------------------------------------------

  function readTheta([a, b, shiftX, c, d, shiftY]) {
    const angle = Math.atan2(c, a), cos = Math.cos(angle), sin = Math.sin(angle), scaleY = cos * d - sin * b;
    const shear = scaleY ? (cos * b + sin * d) / scaleY : NaN;
    return { angle, scaleX: Math.hypot(a, c), scaleY, shear, shiftX, shiftY };
  }

  function turnAndShift(angle, shift) {
    const cos = Math.cos(angle), sin = Math.sin(angle);
    return [cos, -sin, shift, sin, cos, 0];
  }

  /* A turn that stays a turn where the picture is not square: to pixels, turn, back to units. */
  function turnInPixels(angle, height, width, alignCorners) {
    const ratio = pixelsPerUnit(height, alignCorners) / pixelsPerUnit(width, alignCorners);
    return [Math.cos(angle), -Math.sin(angle) * ratio, 0, Math.sin(angle) / ratio, Math.cos(angle), 0];
  }

  function mapPoint(theta, x, y) {
    return [theta[0] * x + theta[1] * y + theta[2], theta[3] * x + theta[4] * y + theta[5]];
  }

  /* Turn and zoom about the middle, as seen in pixels, until the corner (x, y) of the output looks at `goal`. */
  function dragCorner(theta, x, y, goal, perX, perY) {
    const [oldX, oldY] = mapPoint(theta, x, y);
    const old = [(oldX - theta[2]) * perX, (oldY - theta[5]) * perY];
    const wish = [(goal[0] - theta[2]) * perX, (goal[1] - theta[5]) * perY];
    const square = old[0] ** 2 + old[1] ** 2;
    if (square < 1e-6 || Math.hypot(...wish) < 0.5) return theta;       // a grid pressed to a point has no handle
    const real = (wish[0] * old[0] + wish[1] * old[1]) / square, turn = (wish[1] * old[0] - wish[0] * old[1]) / square;
    const column = (first, second) =>
      [real * first - turn * second * perY / perX, real * second + turn * first * perX / perY];
    const [a, c] = column(theta[0], theta[3]), [b, d] = column(theta[1], theta[4]);
    return [a, b, theta[2], c, d, theta[5]];
  }

  /* Stretch and shear about the middle until the middle of an edge looks at `goal`: axis 0 is right, 1 is below. */
  function dragEdge(theta, axis, side, goal) {
    const moved = Array.from(theta);
    moved[axis] = side * (goal[0] - theta[2]);
    moved[3 + axis] = side * (goal[1] - theta[5]);
    return moved;
  }

  // ---- a loss, its gradient, and the descent ------------------------------------------------------------------------

  function squaredLoss(out, target) {
    return out.reduce((sum, value, k) => sum + (value - target[k]) ** 2, 0) / 2;
  }

  /* Loss of one theta, and its gradients with respect to the points and theta; target is a picture of the output's size. */
  function thetaGradient(image, target, theta, options = sampling()) {
    const { height, width } = target;
    const grid = affineGrid(theta, height, width, options.alignCorners), { out, slopes } = readAll(image, grid, options);
    const wrong = out.map((value, k) => value - target.data[k]);
    const dGrid = slopes.map((slope, k) => wrong[k >> 1] * slope);
    const dTheta = affineGridBackward(dGrid, height, width, options.alignCorners);
    return { loss: squaredLoss(out, target.data), out, wrong, grid, dGrid, dTheta };
  }

  function landscapeAt(image, target, angle, shift) {
    const { loss, dTheta } = thetaGradient(image, target, turnAndShift(angle, shift));
    const ahead = turnAndShift(angle + Math.PI / 2, 0);                 // the direction in which a turn moves theta
    return { loss, slope: [ahead.reduce((sum, value, k) => sum + value * dTheta[k], 0), dTheta[2]] };
  }

  function descend(image, target, start, rates, steps) {
    const path = [];
    for (let at = start, step = 0; step <= steps; step++) {
      const { loss, slope } = landscapeAt(image, target, ...at);
      path.push({ at, loss });
      at = at.map((value, k) => value - rates[k] * slope[k]);
    }
    return path;
  }

  // ---- the kink, along a row of pixels with zeros beyond its ends ---------------------------------------------------

  function eq7Literally(row, x) {
    return row.reduce((sum, value, q) => sum + (Math.abs(q - x) >= 1 ? 0 : q >= x ? value : -value), 0);
  }

  function alongRow(row, x) {
    const pixel = (q) => (q >= 0 && q < row.length ? row[q] : 0), floor = Math.floor(x), below = Math.ceil(x) - 1;
    return {
      value: pixel(floor) + (x - floor) * (pixel(floor + 1) - pixel(floor)),
      left: pixel(below + 1) - pixel(below),
      right: pixel(floor + 1) - pixel(floor),
      eq7: eq7Literally(row, x),
    };
  }

  // ---- averaging, before or after a transformer that shrinks -------------------------------------------------------

  /* Means over size x size; with `dOut`, the gradient is returned to the pixels from which a mean was taken. */
  function averagePool(image, size, dOut) {
    const out = picture(Math.floor(image.height / size), Math.floor(image.width / size));
    const back = picture(image.height, image.width);
    for (let i = 0; i < out.height * size; i++) {
      for (let j = 0; j < out.width * size; j++) {
        const here = i * image.width + j, mean = Math.floor(i / size) * out.width + Math.floor(j / size);
        out.data[mean] += image.data[here] / size ** 2;
        if (dOut) back.data[here] = dOut.data[mean] / size ** 2;
      }
    }
    return dOut ? back : out;
  }

  function bell(spread) {
    const reach = Math.round(4 * spread);
    const raw = Array.from({ length: 2 * reach + 1 }, (_, k) => Math.exp(-((k - reach) ** 2) / (2 * spread ** 2)));
    const total = raw.reduce((sum, value) => sum + value, 0);
    return raw.map((value) => value / total);
  }

  /* Along each line of an axis: with `back`, the gradient is returned to the pixels from which a value was mixed. */
  function blurAxis(image, weights, length, stride, starts, back) {
    const reach = (weights.length - 1) / 2, out = new Float64Array(image.length);
    const mirrored = Int32Array.from({ length: length + 2 * reach },
                                     (_, k) => stride * paddedIndex(k - reach, length, "reflection", true));
    for (const start of starts) {
      for (let k = 0; k < length; k++) {
        for (let m = 0; m < weights.length; m++) {
          const near = start + mirrored[k + m], here = start + stride * k;
          if (back) out[near] += weights[m] * image[here];
          else out[here] += weights[m] * image[near];
        }
      }
    }
    return out;
  }

  /* A Gaussian blur, its width in pixels, down and across; the picture is mirrored at its frame. */
  function blur(image, spread, back = false) {
    const { height, width, data } = image, weights = bell(spread);
    const columns = Array.from({ length: width }, (_, j) => j);
    const rows = Array.from({ length: height }, (_, i) => i * width);
    const down = blurAxis(data, weights, height, width, columns, back);
    return picture(height, width, blurAxis(down, weights, width, 1, rows, back));
  }

  /* Shrink a picture to size x size places: "alone", "pool" or "blur" first, or pool "after". */
  function shrink(image, size, way, spread) {
    const before = way === "pool" ? averagePool(image, 2) : way === "blur" ? blur(image, spread) : image;
    const places = way === "after" ? 2 * size : size;
    const out = affineSample(before, IDENTITY, places, places);
    return way === "after" ? averagePool(out, 2) : out;
  }

  /* The weight of each pixel of the image in the whole shrunken output. */
  function shares(image, size, way, spread) {
    const after = way === "after", places = after ? 2 * size : size;
    const before = way === "pool" ? averagePool(image, 2) : image;
    const dOut = new Float64Array(places ** 2).fill(after ? 1 / 4 : 1);
    const grid = affineGrid(IDENTITY, places, places, false);
    const back = picture(before.height, before.width, gridSampleBackward(dOut, before, grid, sampling()).dImage);
    if (way === "pool") return averagePool(image, 2, back);
    return way === "blur" ? blur(back, spread, true) : back;
  }

  /* Degrees as the short way round: from -180 to below 180. */
  function shortWay(degrees) {
    return ((degrees + 180) % 360 + 360) % 360 - 180;
  }

  /* An angle in degrees as a continuous function of the heading: right except in a seam, where it returns to its start. */
  function oneNumber(heading, seam) {
    const at = shortWay(heading), half = 180 - seam / 2;
    return Math.abs(at) <= half ? at : Math.sign(at) * half * (180 - Math.abs(at)) / (180 - half);
  }

  /* The share of each of `turns` directions: a softmax over how little each turned copy differs from a template. */
  function turnedShares(image, template, turns, gain = 150) {
    const scores = Array.from({ length: turns }, (_, k) => {
      const copy = affineSample(image, turnAndShift(2 * Math.PI * k / turns, 0), image.height, image.width);
      return -gain * 2 * squaredLoss(copy.data, template.data) / copy.data.length;
    });
    const most = Math.max(...scores), powers = scores.map((score) => Math.exp(score - most));
    const sum = powers.reduce((total, power) => total + power, 0);
    return powers.map((power) => power / sum);
  }

  root.stnMaths = {
    IDENTITY, picture, toPixels, toUnits, pixelsPerUnit, pixelCentres, affineGrid, affineGridBackward, clip,
    paddedIndex, cubic, newTaps, axisTaps, gridSample, gridSampleBackward, sampling, affineSample, readTheta,
    turnAndShift, turnInPixels, mapPoint, dragCorner, dragEdge, squaredLoss, thetaGradient, landscapeAt, descend,
    eq7Literally, alongRow, averagePool, blur, shrink, shares, shortWay,
    oneNumber, turnedShares,
  };
})(typeof globalThis === "undefined" ? window : globalThis);
