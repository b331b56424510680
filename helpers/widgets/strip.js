// A network as a strip of blocks with a line between those that are frozen and those that are trained.
// The line is a slider: drag it, press keys, or click a block to freeze or thaw it with what lies below or above.
// Where the strip only picks a block there is no line, and a click picks.

function part(kind, text = "") {
  const made = document.createElement("div");
  made.className = kind;
  made.textContent = text;
  return made;
}

function percent(share) {
  if (share === 0) return "0";
  if (share < 0.0005) return "<.1";
  return share < 0.0995 ? (share * 100).toFixed(1) : String(Math.round(share * 100));
}

// Darker means further; from 0.1 per cent to 30 per cent, on a scale of equal factors.
function shade(share) {
  if (share === 0) return 0;
  const height = (Math.log10(Math.max(share, 0.001)) + 3) / 2.5;
  return Math.min(1, 0.12 + 0.88 * Math.max(0, height));
}

function render({ model, el }) {
  el.classList.add("graft-part");
  const strip = part("graft-strip");
  const legend = part("graft-legend");
  strip.setAttribute("role", "slider");
  strip.tabIndex = 0;
  el.replaceChildren(strip, legend);

  const count = () => model.get("blocks").filter((block) => !block.head).length;
  const lowest = () => (model.get("picks") ? 1 : 0); // where one is picked, one is picked
  const set = (boundary) => {
    if (model.get("disabled")) return;
    model.set("boundary", Math.max(lowest(), Math.min(count(), boundary)));
    model.save_changes();
  };

  function column(block, number, frozen, moved) {
    const made = part("graft-column");
    const previous = model.get("blocks")[number - 1];
    if (previous && previous.stage !== block.stage) made.classList.add("graft-first");
    made.style.flexGrow = Math.sqrt(block.params);
    const side = frozen ? 0 : 1;
    const box = part(`graft-block graft-${model.get("kinds")[side]}`);
    if (block.head) box.classList.add("graft-head");
    box.title = `${block.spoken}; ${model.get("words")[side]}`;
    box.dataset.block = block.name;
    box.append(part("graft-name", block.short));
    if (!block.head) {
      const below = () => !model.get("picks") && number < model.get("boundary");
      box.addEventListener("click", () => set(below() ? number : number + 1));
    }
    made.append(box);
    if (moved !== undefined) {
      const below = part("graft-moved", percent(moved));
      const dark = shade(moved);
      below.style.background = `color-mix(in srgb, var(--graft-dark) ${Math.round(dark * 100)}%, transparent)`;
      below.style.color = dark > 0.45 ? "var(--graft-paper)" : "inherit";
      below.title = `${block.name} moved by ${percent(moved)} per cent of its length`;
      made.append(below);
    }
    return made;
  }

  function draw() {
    const blocks = model.get("blocks");
    const boundary = model.get("boundary");
    const moved = model.get("moved");
    strip.replaceChildren();
    blocks.forEach((block, number) => {
      const picks = model.get("picks");
      if (number === boundary && !picks) strip.append(part("graft-line"));
      strip.append(column(block, number, picks ? number === boundary - 1 : number < boundary, moved[number]));
    });
    strip.classList.toggle("graft-off", model.get("disabled"));
    strip.setAttribute("aria-disabled", model.get("disabled"));
    strip.setAttribute("aria-label", model.get("label"));
    strip.setAttribute("aria-valuemin", lowest());
    strip.setAttribute("aria-valuemax", count());
    strip.setAttribute("aria-valuenow", boundary);
    strip.setAttribute("aria-valuetext", model.get("spoken"));
    const told = blocks.map((block, number) => `${block.name} ${percent(moved[number])}`).join(", ");
    strip.setAttribute("aria-description", moved.length ? `Moved by the last run, in per cent: ${told}` : "");
    drawLegend(moved.length > 0);
  }

  function drawLegend(withMoved) {
    const words = model.get("words");
    const entries = words.map((text, side) => {
      const entry = document.createElement("span");
      const swatch = document.createElement("span");
      swatch.className = `graft-swatch graft-${model.get("kinds")[side]}`;
      entry.append(swatch, text);
      return entry;
    });
    const told = [model.get("hint")];
    if (withMoved) told.push("below each block: how far the last run moved its weights, in per cent of their length");
    for (const text of told) {
      const entry = document.createElement("span");
      entry.textContent = text;
      entries.push(entry);
    }
    legend.replaceChildren(...entries);
  }

  const keys = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 4, PageDown: -4 };
  strip.addEventListener("keydown", (event) => {
    const now = model.get("boundary");
    if (event.key in keys) set(now + keys[event.key]);
    else if (event.key === "Home") set(0);
    else if (event.key === "End") set(count());
    else return;
    event.preventDefault();
    event.stopPropagation(); // or the notebook would move to another cell
  });

  let dragging = false;
  strip.addEventListener("pointerdown", (event) => {
    if (!event.target.classList.contains("graft-line")) return;
    dragging = true;
    strip.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  strip.addEventListener("pointermove", (event) => {
    if (!dragging) return;
    const columns = [...strip.querySelectorAll(".graft-column")].slice(0, count());
    const passed = columns.filter((each) => {
      const box = each.getBoundingClientRect();
      return event.clientX > box.left + box.width / 2;
    });
    if (passed.length !== model.get("boundary")) set(passed.length);
  });
  strip.addEventListener("pointerup", () => { dragging = false; });
  strip.addEventListener("pointercancel", () => { dragging = false; });

  const watched = "change:blocks change:boundary change:moved change:disabled change:spoken change:label change:words change:hint";
  model.on(watched, draw);
  draw();
  model.send({ kind: "shown" });
  return () => model.off(watched, draw);
}

export default { render };
