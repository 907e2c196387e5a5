/* The drawing tools of the explorables: plates (a picture under a drawing), handles, controls, and spoken texts.
 *
 * An explorable is one function (stage, data), in a file of its own, that builds its plates and controls on the stage, and
 * returns an object with draw(), called after every change, and report(), which returns its numbers. */
(function (root) {
  "use strict";
  if (root.stnExplore) return;

  const SVG = "http://www.w3.org/2000/svg";
  const makers = {};
  let lastId = 0;

  function element(tag, properties = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
      if (name in made) made[name] = value;
      else made.setAttribute(name, value);
    }
    made.append(...children);
    return made;
  }

  function shape(tag, attributes) {
    const made = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    return made;
  }

  const ROLES = /\b(input|grid|output|gradient)\b/g;     // a notebook's own style sheet gives these another meaning
  const minus = (text) => String(text).replace(/-/g, "\u2212");
  const show = (value, digits = 2) => minus((+value.toFixed(digits) + 0).toFixed(digits));   // and never a minus zero
  const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

  // ---- colours of numbers -------------------------------------------------------------------------------------------

  /* Colour maps as lists of red, green and blue, evenly spaced; signed is matplotlib's PuOr. */
  const MAPS = {
    grey: [[0, 0, 0], [255, 255, 255]],
    signed: [[127, 59, 8], [224, 130, 20], [254, 224, 182], [247, 247, 247], [216, 218, 235], [128, 115, 172], [45, 0, 75]],
    cividis: [[0, 34, 78], [32, 56, 110], [76, 84, 108], [109, 110, 114], [142, 138, 121], [182, 169, 113],
              [219, 201, 92], [254, 232, 56]],
  };

  /* 256 colours of a map. */
  function tableOf(map) {
    return Array.from({ length: 256 }, (_, k) => {
      const place = k / 255 * (map.length - 1), low = Math.min(Math.floor(place), map.length - 2);
      return map[low].map((part, channel) => part + (place - low) * (map[low + 1][channel] - part));
    });
  }

  const TABLES = Object.fromEntries(Object.entries(MAPS).map(([name, map]) => [name, tableOf(map)]));

  function paint(canvas, data, height, width, { low = 0, high = 1, map = "grey" } = {}) {
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const context = canvas.getContext("2d"), image = context.createImageData(width, height), table = TABLES[map];
    for (let k = 0; k < width * height; k++) {
      const place = Math.round(255 * Math.min(Math.max((data[k] - low) / (high - low), 0), 1));
      image.data.set(table[place || 0], 4 * k);
      image.data[4 * k + 3] = 255;
    }
    context.putImageData(image, 0, 0);
  }

  // ---- a plate: pictures below, a drawing above, one system of coordinates ------------------------------------------

  class Layer {
    constructor(plate, group) {
      Object.assign(this, { plate, group });
    }

    clear() {
      this.group.replaceChildren();
      return this;
    }

    add(tag, attributes, style) {
      const made = shape(tag, { ...attributes, class: style });
      this.group.append(made);
      return made;
    }

    path(d, style) {
      return this.add("path", { d, "vector-effect": "non-scaling-stroke" }, style);
    }

    line(x1, y1, x2, y2, style) {
      return this.path(`M${x1} ${y1}L${x2} ${y2}`, style);
    }

    chain(points, style, closed = false) {
      return points.length ? this.path("M" + points.map((p) => p.join(" ")).join("L") + (closed ? "Z" : ""), style) : null;
    }

    box(x, y, width, height, style) {
      return this.add("rect", { x, y, width, height, "vector-effect": "non-scaling-stroke" }, style);
    }

    /* A dot, its size in screen pixels, at a place of the plate. */
    dot(x, y, radius, style) {
      return this.add("circle", { r: radius, transform: this.plate.pin(x, y) }, style);
    }

    text(x, y, words, style = "", { dx = 0, dy = 4, size = 12 } = {}) {
      const made = this.add("text", { transform: this.plate.pin(x, y), x: dx, y: dy, "font-size": size }, style);
      made.textContent = words;
      return made;
    }
  }

  class Plate {
    constructor(stage, { title = "", label = title, view, role = "", wide = false, small = false }) {
      this.drawing = shape("svg", { role: "img", "aria-label": label });
      this.field = element("div", { className: "stnx-field" }, this.drawing);
      const kind = `stnx-plate ${role} ${wide ? "wide" : ""} ${small ? "small" : ""}`.replace(ROLES, "stnx-$&");
      this.box = element("div", { className: kind }, element("div", { className: "stnx-name" }, title), this.field);
      this.pictures = [];
      this.handles = [];
      this.look(view);
      stage.watch(this);
    }

    /* Show the part [left, top, right, bottom] of the plane. */
    look(view) {
      const [left, top, right, bottom] = view;
      Object.assign(this, { view, width: right - left, height: bottom - top });
      this.drawing.setAttribute("viewBox", `${left} ${top} ${this.width} ${this.height}`);
      this.field.style.aspectRatio = `${this.width} / ${this.height}`;
      this.pictures.forEach((canvas) => this.place(canvas, canvas.covers));
    }

    measure() {
      this.unit = this.width / (this.field.clientWidth || 300);         // of the plane, in a screen pixel
    }

    pin(x, y) {
      return `translate(${x} ${y}) scale(${this.unit})`;
    }

    place(canvas, covers) {
      const [left, top, right, bottom] = canvas.covers = covers;
      const share = (length, whole) => `${100 * length / whole}%`;
      Object.assign(canvas.style, {
        left: share(left - this.view[0], this.width), top: share(top - this.view[1], this.height),
        width: share(right - left, this.width), height: share(bottom - top, this.height),
      });
    }

    picture(covers, style = "") {
      const canvas = element("canvas", { className: `stnx-picture ${style}`, "aria-hidden": "true" });
      this.pictures.push(canvas);
      this.place(canvas, covers);
      this.field.insertBefore(canvas, this.drawing);
      return canvas;
    }

    layer() {
      const group = shape("g", {});
      this.drawing.append(group);
      return new Layer(this, group);
    }

    at(event) {
      const frame = this.field.getBoundingClientRect();
      return [this.view[0] + (event.clientX - frame.left) / frame.width * this.width,
              this.view[1] + (event.clientY - frame.top) / frame.height * this.height];
    }

    /* A click anywhere on the plate. */
    onClick(act) {
      this.field.classList.add("clickable");
      this.field.addEventListener("click", (event) => {
        if (!event.target.closest(".stnx-handle")) act(...this.at(event));
      });
    }
  }

  // ---- a handle: taken by mouse, finger or arrow keys ---------------------------------------------------------------

  const FORMS = {
    corner: () => shape("circle", { r: 7 }),
    edge: () => shape("rect", { x: -6, y: -6, width: 12, height: 12, rx: 2 }),
    centre: () => shape("path", { d: "M-9 0H9M0 -9V9" }),
    target: () => shape("path", { d: "M8 0A8 8 0 1 1 -8 0A8 8 0 1 1 8 0M-13 0H-4M4 0H13M0 -13V-4M0 4V13" }),
  };
  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  /* get() gives its place on the plate, set(x, y) moves it, words() describes its place. */
  function handle(stage, plate, { label, form = "corner", style = "grid", step = 1, get, set, words }) {
    const group = shape("g", { class: `stnx-handle ${style} ${form}`, tabindex: 0, role: "slider", "aria-label": label });
    group.append(shape("circle", { r: 16, class: "reach" }), FORMS[form]());
    plate.drawing.setAttribute("role", "group");
    plate.drawing.append(group);
    const move = (x, y) => { set(x, y); stage.redraw(); };
    let grip = null;
    group.addEventListener("pointerdown", (event) => {
      const [x, y] = plate.at(event), [hereX, hereY] = get();
      grip = [hereX - x, hereY - y];
      group.setPointerCapture(event.pointerId);
      group.focus({ preventScroll: true });
      event.preventDefault();
    });
    group.addEventListener("pointermove", (event) => {
      const [x, y] = plate.at(event);
      if (grip) move(x + grip[0], y + grip[1]);
    });
    for (const name of ["pointerup", "pointercancel"]) group.addEventListener(name, () => { grip = null; });
    group.addEventListener("keydown", (event) => {
      const way = ARROWS[event.key], [x, y] = get(), by = step * (event.shiftKey ? 5 : 1);
      if (!way) return;
      event.preventDefault();
      move(x + by * way[0], y + by * way[1]);
    });
    const follow = () => {
      const [x, y] = get(), edge = 9 * plate.unit, [left, top, right, bottom] = plate.view;
      const within = (value, low, high) => Math.min(Math.max(value, low + edge), high - edge);
      group.setAttribute("transform", plate.pin(within(x, left, right), within(y, top, bottom)));
      group.setAttribute("aria-valuenow", x.toFixed(2));
      group.setAttribute("aria-valuetext", words ? words() : `across ${show(x)}, down ${show(y)}`);
    };
    plate.handles.push(follow);
    return group;
  }

  // ---- the stage ----------------------------------------------------------------------------------------------------

  class Stage {
    constructor(host) {
      this.plates = [];
      this.refreshers = [];
      this.host = host;
      this.size = new ResizeObserver(() => this.redraw());
    }

    watch(plate) {
      this.plates.push(plate);
      this.size.observe(plate.field);
    }

    row(...items) {
      this.host.append(element("div", { className: "stnx-row" }, ...items.map((item) => item.box || item)));
    }

    column(...items) {
      return element("div", { className: "stnx-side" }, ...items.map((item) => item.box || item));
    }

    plate(options) {
      return new Plate(this, options);
    }

    handle(plate, options) {
      return handle(this, plate, options);
    }

    /* Draw once before the next frame, however many calls there are. */
    redraw() {
      if (!this.waiting) this.waiting = requestAnimationFrame(() => this.drawNow());
    }

    drawNow() {
      this.waiting = 0;
      this.plates.forEach((plate) => plate.measure());
      const began = performance.now();
      this.explorable.draw();
      this.refreshers.forEach((refresh) => refresh());
      this.plates.forEach((plate) => plate.handles.forEach((follow) => follow()));
      this.took = performance.now() - began;
    }

    // Each control reads its value with get and passes a new one to set.

    control(kind, label, input, get, set) {
      const id = input.id = `stnx-${++lastId}`;
      input.addEventListener("input", () => { set(input); this.redraw(); });
      this.refreshers.push(() => { if (document.activeElement !== input || input.type !== "number") get(input); });
      return element("div", { className: `stnx-control ${kind}` }, element("label", { htmlFor: id }, label), input);
    }

    slider(label, { min, max, step, get, set, words = show }) {
      const said = element("output", { className: "stnx-said" });
      const refresh = (input) => {
        input.value = get();
        input.setAttribute("aria-valuetext", said.textContent = words(get()));
      };
      const input = element("input", { type: "range", min, max, step });
      const box = this.control("slider", label, input, refresh, () => set(+input.value));
      box.append(said);
      return box;
    }

    /* Words for each value, or values that are words. */
    choice(label, choices, { get, set }) {
      const words = Array.isArray(choices) ? Object.fromEntries(choices.map((name) => [name, name])) : choices;
      const input = element("select", {}, ...Object.entries(words).map(([value, word]) => element("option", { value }, word)));
      return this.control("choice", label, input, () => { input.value = get(); }, () => set(input.value));
    }

    tick(label, { get, set }) {
      const input = element("input", { type: "checkbox" });
      return this.control("tick", label, input, () => { input.checked = get(); }, () => set(input.checked));
    }

    number(label, { step, get, set }) {
      const input = element("input", { type: "number", step, "aria-label": label });
      input.addEventListener("input", () => {
        if (input.value !== "" && Number.isFinite(+input.value)) { set(+input.value); this.redraw(); }
      });
      input.addEventListener("change", () => this.redraw());
      this.refreshers.push(() => { if (document.activeElement !== input) input.value = +get().toFixed(3) + 0; });
      return input;
    }

    button(label, act, pressed) {
      const made = element("button", { type: "button" }, label);
      made.addEventListener("click", () => { act(); this.redraw(); });
      if (pressed) this.refreshers.push(() => made.setAttribute("aria-pressed", pressed()));
      return made;
    }

    buttons(label, ...buttons) {
      const group = element("div", { className: "stnx-buttons", role: "group", "aria-label": label });
      group.append(...buttons);
      return group;
    }

    /* A sentence under the pictures: shown at once, and read aloud when the motion stops. */
    sentence() {
      const seen = element("p", { className: "stnx-sentence", "aria-hidden": "true" });
      const heard = element("p", { className: "stnx-heard", role: "status" });
      this.host.append(seen, heard);
      let timer = 0;
      return (words) => {
        if (seen.textContent === words) return;
        seen.textContent = words;
        clearTimeout(timer);
        timer = setTimeout(() => { heard.textContent = words; }, 500);
      };
    }

    /* Numbers in rows of three, in the colour of their role. */
    matrix(title, style, cells) {
      const body = cells.filter((_, k) => k % 3 === 0).map((_, row) => element("div", { className: "stnx-line" }, ...cells.slice(3 * row, 3 * row + 3)));
      return element("div", { className: `stnx-matrix stnx-${style}`, role: "group", "aria-label": title },
                     element("div", { className: "stnx-name" }, title), element("div", { className: "stnx-lines" }, ...body));
    }

    /* Call act(k) for k = 0, 1, ..., a pause after each; all at once where the reader prefers no motion. */
    repeat(count, act, pause = 30) {
      clearTimeout(this.timer);
      if (calm()) for (let k = 0; k < count; k++) act(k);
      else this.tickOn(0, count, pause, act);
    }

    tickOn(k, count, pause, act) {
      if (k >= count) return;
      act(k);
      this.redraw();
      this.timer = setTimeout(() => this.tickOn(k + 1, count, pause, act), pause);
    }
  }

  /* An entry of a state, for a control to read and write. */
  function entry(state, name) {
    return { get: () => state[name], set: (value) => { state[name] = value; } };
  }

  // ---- shared by several explorables --------------------------------------------------------------------------------

  const M = root.stnMaths;
  const degrees = (angle) => `${angle < 0 ? "" : "+"}${show(180 / Math.PI * angle, 0)}\u00b0`;
  const radians = (angle) => angle * Math.PI / 180;
  const range = (length) => Array.from({ length }, (_, k) => k);
  const around = ({ height, width }, margin) => [-0.5 - margin, -0.5 - margin, width - 0.5 + margin, height - 0.5 + margin];
  const frameOf = (picture) => around(picture, 0);
  const CORNERS = [[-1, -1], [1, -1], [1, 1], [-1, 1]];

  /* A point of a picture in units, in its pixels. */
  function inPixels([x, y], { height, width }, corners) {
    return [M.toPixels(x, width, corners), M.toPixels(y, height, corners)];
  }

  /* The frame of the output on the input: thick along its top, a dot at its first corner. */
  function outline(ink, theta, image, corners) {
    const points = CORNERS.map(([x, y]) => inPixels(M.mapPoint(theta, x, y), image, corners));
    ink.chain(points, "grid", true);
    ink.chain(points.slice(0, 2), "grid thick");
    return points;
  }

  /* Every few rows and columns of a grid, as large as the image, drawn on it; interrupted where a point is far out. */
  function mesh(ink, grid, image) {
    const { height, width } = image, every = width > 30 ? 5 : 3;
    const chain = (cells) => {
      let line = [];
      for (const cell of [...cells, -1]) {
        if (Math.abs(grid[2 * cell]) < M.FAR) {
          line.push(inPixels([grid[2 * cell], grid[2 * cell + 1]], image, false));
        } else {
          ink.chain(line, "grid thin");
          line = [];
        }
      }
    };
    for (let i = 0; i < height; i += every) chain(range(width).map((j) => i * width + j));
    for (let j = 0; j < width; j += every) chain(range(height).map((i) => i * width + j));
  }

  /* Numbers of a matrix that are read, not typed. */
  function readings(stage, title, style, get, digits) {
    const cells = range(6).map(() => element("output"));
    stage.refreshers.push(() => cells.forEach((cell, k) => { cell.textContent = show(get()[k], digits); }));
    return stage.matrix(title, style, cells);
  }

  // ---- from bytes to pictures, and from the page to the stage -------------------------------------------------------

  /* {height, width, bytes} with bytes in base64, 255 for ink. */
  function unpack({ height, width, bytes }) {
    const text = atob(bytes);
    return M.picture(height, width, Float64Array.from(text, (letter) => letter.charCodeAt(0) / 255));
  }

  function mount(figure) {
    const live = figure.querySelector(".stnx-live"), maker = makers[figure.dataset.explorable];
    if (figure.stage || !maker) return;
    const stage = figure.stage = new Stage(live);
    stage.explorable = maker(stage, JSON.parse(figure.querySelector(".stnx-data").textContent));
    figure.dataset.ready = "true";
    stage.drawNow();
  }

  function mountAll() {
    document.querySelectorAll(".stnx[data-explorable]").forEach(mount);
  }

  root.stnExplore = {
    M, makers, element, show, minus, paint, unpack, mountAll, degrees, radians, range, around, frameOf, CORNERS, inPixels,
    outline, mesh, readings, entry,
    add(name, maker) { makers[name] = maker; },
  };
})(window);
