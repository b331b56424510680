// Photos as points on one or two maps. The pointer or the arrow keys bring up a point's photo, and beside it the photo
// that is nearest to it in all features. What is chosen on one map is marked on the other.

const [WIDE, HIGH] = [420, 315]; // of a map, in its own units
const EDGE = 14; // kept free around the points
const REACH = 14; // how near the pointer must come to a point
const STEPS = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowUp: [1, -1], ArrowDown: [1, 1] }; // axis, direction

function make(kind, text = "") {
  const made = document.createElement("div");
  made.className = kind;
  made.textContent = text;
  return made;
}

function svg(tag, attributes = {}) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

const place = ([x, y]) => [EDGE + x * (WIDE - 2 * EDGE), EDGE + y * (HIGH - 2 * EDGE)];

function render({ model, el }) {
  el.classList.add("graft-part");
  const legend = make("graft-legend");
  const box = make("graft-maps");
  el.replaceChildren(legend, box);
  let drawn = []; // one entry per map: its elements, and the points in the order of the arrow keys
  let seen = -1; // the photo under the pointer

  const photo = (number) => model.get("photos")[number];
  const name = (number) => model.get("classes")[photo(number).label].name;
  const shown = () => (seen >= 0 ? seen : model.get("chosen"));

  function choose(number) {
    model.set("chosen", number);
    model.save_changes();
  }

  function point(map, number) {
    const { colour, path } = model.get("classes")[photo(number).label];
    const [x, y] = place(map.points[number]);
    const made = svg("path", {
      d: path, class: "graft-point", transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})`, role: "radio",
      "aria-label": `${photo(number).name}; the nearest shows ${name(map.nearest[number])}`,
    });
    made.style.fill = colour;
    return made;
  }

  function drawMap(map) {
    const figure = document.createElement("figure");
    const title = document.createElement("figcaption");
    title.textContent = map.title;
    const area = make("graft-map");
    const picture = svg("svg", {
      viewBox: `0 0 ${WIDE} ${HIGH}`, role: "radiogroup",
      "aria-label": [model.get("label"), map.title].filter(Boolean).join(", "),
    });
    const line = svg("line", { class: "graft-to-nearest" });
    const ring = svg("circle", { r: 11, class: "graft-ring" });
    const points = map.points.map((_, number) => point(map, number));
    picture.append(line, ...points, ring);
    const card = make("graft-card");
    area.append(picture, card);
    figure.append(title, area);
    const order = [0, 1].map((axis) => [...points.keys()].sort((a, b) => map.points[a][axis] - map.points[b][axis]));
    const entry = { map, picture, line, ring, points, card, order };
    picture.addEventListener("pointermove", (event) => look(entry, under(entry, event)));
    picture.addEventListener("pointerleave", () => look(entry, -1));
    picture.addEventListener("click", (event) => {
      const number = under(entry, event);
      if (number < 0) return;
      choose(number);
      points[number].focus();
    });
    picture.addEventListener("keydown", (event) => press(entry, event));
    picture.addEventListener("focusin", () => { active = entry; mark(); });
    return [figure, entry];
  }

  function under({ map, picture }, event) {
    const frame = picture.getBoundingClientRect();
    const scale = WIDE / frame.width;
    const [x, y] = [(event.clientX - frame.left) * scale, (event.clientY - frame.top) * scale];
    let [best, least] = [-1, REACH * scale];
    map.points.forEach((at, number) => {
      const [across, down] = place(at);
      const distance = Math.hypot(across - x, down - y);
      if (distance < least) [best, least] = [number, distance];
    });
    return best;
  }

  let active; // the map whose card is shown
  function look(entry, number) {
    if (number === seen) return;
    seen = number;
    if (number >= 0) active = entry;
    mark();
  }

  function press(entry, event) {
    const count = entry.points.length;
    const now = model.get("chosen");
    let next;
    if (event.key in STEPS) {
      const [axis, step] = STEPS[event.key];
      const there = entry.order[axis].indexOf(now) + step;
      next = entry.order[axis][now < 0 ? 0 : Math.max(0, Math.min(count - 1, there))];
    } else if (event.key === "Home") next = entry.order[0][0];
    else if (event.key === "End") next = entry.order[0][count - 1];
    else if (event.key === " " || event.key === "Enter") next = entry.points.indexOf(document.activeElement);
    else return;
    event.preventDefault();
    event.stopPropagation(); // or the notebook would move to another cell
    seen = -1;
    active = entry;
    choose(next);
    entry.points[next].focus();
  }

  function fillCard({ map, card }, number) {
    const nearest = map.nearest[number];
    const pair = [[number, name(number)], [nearest, `nearest: ${name(nearest)}`]].map(([which, text]) => {
      const figure = document.createElement("figure");
      const image = document.createElement("img");
      const caption = document.createElement("figcaption");
      image.src = photo(which).image;
      image.alt = "";
      caption.textContent = text;
      figure.append(image, caption);
      return figure;
    });
    card.replaceChildren(...pair);
    // Where there is room for it on both sides, the card stays clear of the line to the nearest.
    const [x, y] = place(map.points[number]);
    const [nearX, nearY] = place(map.points[nearest]);
    const right = x / WIDE < 0.4 || (x / WIDE < 0.6 && nearX < x);
    const below = y / HIGH < 0.4 || (y / HIGH < 0.6 && nearY < y);
    card.style.left = right ? `${(x / WIDE) * 100 + 4}%` : "";
    card.style.right = right ? "" : `${(1 - x / WIDE) * 100 + 4}%`;
    card.style.top = below ? `${(y / HIGH) * 100}%` : "";
    card.style.bottom = below ? "" : `${(1 - y / HIGH) * 100}%`;
  }

  function mark() {
    const number = shown();
    const chosen = model.get("chosen");
    for (const entry of drawn) {
      const { map, line, ring, points, card, order } = entry;
      const stop = chosen >= 0 ? chosen : order[0][0];
      points.forEach((each, which) => {
        each.setAttribute("aria-checked", which === chosen);
        each.setAttribute("tabindex", which === stop ? 0 : -1);
      });
      const hidden = number < 0 ? "hidden" : "visible";
      ring.style.visibility = line.style.visibility = hidden;
      card.style.visibility = number >= 0 && entry === (active ?? drawn[0]) ? "visible" : "hidden";
      if (number < 0) continue;
      const [x, y] = place(map.points[number]);
      const [nearX, nearY] = place(map.points[map.nearest[number]]);
      ring.setAttribute("cx", x);
      ring.setAttribute("cy", y);
      for (const [end, value] of Object.entries({ x1: x, y1: y, x2: nearX, y2: nearY })) line.setAttribute(end, value);
      fillCard(entry, number);
    }
  }

  function drawLegend() {
    legend.replaceChildren(...model.get("classes").map(({ name: text, colour, path }) => {
      const entry = document.createElement("span");
      const sample = svg("svg", { viewBox: "-8 -8 16 16", width: 16, height: 16, "aria-hidden": "true" });
      sample.classList.add("graft-sample");
      const shape = svg("path", { d: path, class: "graft-point" });
      shape.style.fill = colour;
      sample.append(shape);
      entry.append(sample, text);
      return entry;
    }));
  }

  function draw() {
    const focused = drawn.findIndex(({ picture }) => picture.contains(document.activeElement));
    const wasActive = drawn.indexOf(active);
    drawLegend();
    const made = model.get("maps").map(drawMap);
    drawn = made.map(([, entry]) => entry);
    active = drawn[wasActive];
    box.replaceChildren(...made.map(([figure]) => figure));
    box.classList.toggle("graft-two", made.length > 1);
    mark();
    if (focused >= 0) drawn[focused]?.points[model.get("chosen")]?.focus();
  }

  model.on("change:maps change:photos change:classes change:label", draw);
  model.on("change:chosen", mark);
  draw();
  return () => {
    model.off("change:maps change:photos change:classes change:label", draw);
    model.off("change:chosen", mark);
  };
}

export default { render };
