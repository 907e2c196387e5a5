/* The mathematics of bent and leaning planes: stn_numpy's projective and tps for one picture, without drawing.
 *
 * A projective theta is nine numbers, row by row. Points and displacements of a spline are lists of pairs [x, y]. */
(function (M) {
  "use strict";

  const HORIZON = 1e-6, FAR = 1e6, NEGLIGIBLE = 1e-12;                 // as in stn_numpy

  // ---- projective ---------------------------------------------------------------------------------------------------

  /* Numerators a, b and denominator c of one point, positive in front: at the output's centre it is. */
  function project(theta, x, y) {
    const side = theta[8] < 0 ? -1 : 1, row = (k) => side * (theta[k] * x + theta[k + 1] * y + theta[k + 2]);
    const a = row(0), b = row(3), c = row(6), whole = Math.abs(theta[6]) + Math.abs(theta[7]) + Math.abs(theta[8]);
    const far = (value) => (value < 0 ? -FAR : FAR);
    return c <= HORIZON * whole ? { c, behind: true, at: [far(a), far(b)] } : { c, behind: false, at: [a / c, b / c] };
  }

  function projectiveGrid(theta, height, width, alignCorners) {
    const base = M.affineGrid(M.IDENTITY, height, width, alignCorners), grid = new Float64Array(base.length);
    for (let k = 0; k < grid.length; k += 2) grid.set(project(theta, base[k], base[k + 1]).at, k);
    return grid;
  }

  /* The theta under which the output's corners look at four points, clockwise from the top left.
   *
   * Of the four as (x, y, 1), one sum is zero: each times the area of the triangle of the other three, with signs in
   * turn. So it is with the output's corners, all areas equal; those weights are the denominators at the corners. */
  function thetaOfCorners(corners) {
    const area = ([a, b, c]) => (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1]);
    const [first, second, third] = corners.map(([x, y], k) => {
      const weight = area(corners.filter((_, other) => other !== k)) / 2;
      return [weight * x, weight * y, weight];
    });
    const nine = first.flatMap((value, k) => [second[k] - value, third[k] - second[k], value + third[k]]);
    const length = Math.hypot(...nine), last = nine[8];
    return nine.map((value) => value / (Math.abs(last) > HORIZON * length ? last : length || 1));
  }

  /* The affine map that comes nearest to taking the output's corners to four points. */
  function affineOfCorners([a, b, c, d]) {
    return [0, 1].flatMap((k) => [b[k] + c[k] - a[k] - d[k], c[k] + d[k] - a[k] - b[k], a[k] + b[k] + c[k] + d[k]])
      .map((value) => value / 4);
  }

  // ---- thin-plate splines -------------------------------------------------------------------------------------------

  function multiply(left, right) {
    return left.map((row) => right[0].map((_, j) => row.reduce((sum, value, k) => sum + value * right[k][j], 0)));
  }

  /* Pseudoinverse of a symmetric matrix: Jacobi's rotations leave its eigenvalues, of which the negligible are dropped. */
  function pseudoinverse(matrix) {
    const a = matrix.map((row) => [...row]), axes = a.map((_, i) => a.map((__, j) => (i === j ? 1 : 0)));
    const turn = (row, p, q, cos, sin) => { [row[p], row[q]] = [cos * row[p] - sin * row[q], sin * row[p] + cos * row[q]]; };
    for (let sweep = 0; sweep < 20; sweep++) {
      for (let q = 1; q < a.length; q++) {
        for (let p = 0; p < q; p++) {
          if (Math.abs(a[p][q]) < 1e-18) continue;
          const half = (a[q][q] - a[p][p]) / (2 * a[p][q]), tan = (half < 0 ? -1 : 1) / (Math.abs(half) + Math.hypot(half, 1));
          const cos = 1 / Math.hypot(tan, 1), sin = tan * cos;
          for (const row of a) turn(row, p, q, cos, sin);
          [a[p], a[q]] = [a[p].map((value, k) => cos * value - sin * a[q][k]), a[q].map((value, k) => sin * a[p][k] + cos * value)];
          for (const row of axes) turn(row, p, q, cos, sin);
        }
      }
    }
    const least = NEGLIGIBLE * Math.max(...a.map((row, k) => Math.abs(row[k])));
    const inverse = a.map((row, k) => (Math.abs(row[k]) > least ? 1 / row[k] : 0));
    return multiply(axes.map((row) => row.map((value, k) => value * inverse[k])), axes[0].map((_, k) => axes.map((row) => row[k])));
  }

  /* U(r) = r^2 log r from each of the points, then x, y and 1. */
  function features(points, [x, y]) {
    const bend = points.map(([pX, pY]) => {
      const square = (x - pX) ** 2 + (y - pY) ** 2;
      return square && square * Math.log(square) / 2;
    });
    return [...bend, x, y, 1];
  }

  /* How far each output pixel follows each control point, pixels x points; and 8 pi B, points x points. */
  function spline(points, height, width, alignCorners) {
    const count = points.length, rows = points.map((point) => features(points, point));
    const system = [...rows, ...[0, 1, 2].map((k) => [...rows.map((row) => row[count + k]), 0, 0, 0])];
    const solution = pseudoinverse(system).map((row) => row.slice(0, count));
    const base = M.affineGrid(M.IDENTITY, height, width, alignCorners), pixels = [];
    for (let k = 0; k < base.length; k += 2) pixels.push(features(points, base.slice(k, k + 2)));
    const bending = solution.slice(0, count).map((row) => row.map((value) => 8 * Math.PI * value));
    return { base, basis: multiply(pixels, solution), bending };
  }

  function splineGrid({ base, basis }, displacements) {
    return base.map((value, k) => basis[k >> 1].reduce((sum, follows, p) => sum + follows * displacements[p][k & 1], value));
  }

  /* The energy of a bent plate, and half its gradient: for each control point, how it is pulled back. */
  function bend({ bending }, displacements) {
    const pull = multiply(bending, displacements);
    return { pull, energy: pull.flat().reduce((sum, value, k) => sum + value * displacements[k >> 1][k & 1], 0) };
  }

  Object.assign(M, { FAR, project, projectiveGrid, thetaOfCorners, affineOfCorners, spline, splineGrid, bend });
})((typeof globalThis === "undefined" ? window : globalThis).stnMaths);
