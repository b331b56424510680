// Tiles side by side, one of which is chosen: by a click, or by the arrow keys. Without a choice they are only shown.

function make(kind, text = "") {
  const made = document.createElement("div");
  made.className = kind;
  made.textContent = text;
  return made;
}

function render({ model, el }) {
  el.classList.add("graft-part");
  const box = make("graft-tiles");
  el.replaceChildren(box);

  const choose = (number, focus) => {
    const count = model.get("tiles").length;
    if (!count || !model.get("selectable")) return;
    model.set("chosen", Math.max(0, Math.min(count - 1, number)));
    model.save_changes();
    if (focus) box.querySelectorAll('[role="radio"]')[model.get("chosen")]?.focus();
  };

  function tile(entry, number) {
    const selectable = model.get("selectable");
    const made = make("graft-tile");
    const chosen = selectable && number === model.get("chosen");
    if (selectable) {
      made.setAttribute("role", "radio");
      made.setAttribute("aria-checked", chosen);
      made.setAttribute("aria-label", entry.alt);
      made.tabIndex = chosen || (model.get("chosen") < 0 && number === 0) ? 0 : -1;
      made.addEventListener("click", () => choose(number, true));
    }
    if (entry.image) {
      const image = document.createElement("img");
      image.src = entry.image;
      image.alt = selectable ? "" : entry.alt;
      image.width = model.get("side");
      made.append(image);
    }
    if (entry.shade !== undefined && entry.shade !== null) {
      const shade = make("graft-shade", entry.text);
      shade.style.background = `color-mix(in srgb, var(--graft-dark) ${Math.round(entry.shade * 100)}%, transparent)`;
      shade.style.color = entry.shade > 0.5 ? "var(--graft-paper)" : "inherit";
      made.append(shade);
    } else if (entry.text) {
      made.append(make("graft-caption", entry.text));
    }
    return made;
  }

  function draw() {
    const hadFocus = box.contains(document.activeElement);
    const columns = model.get("columns");
    const heads = model.get("column_names");
    const names = model.get("row_names");
    box.replaceChildren();
    box.setAttribute("role", model.get("selectable") ? "radiogroup" : "group");
    box.setAttribute("aria-label", model.get("label"));
    box.classList.toggle("graft-grid", columns > 0);
    box.style.gridTemplateColumns = columns
      ? `${names.length ? "auto " : ""}repeat(${columns}, ${heads.length ? "minmax(52px, 1fr)" : "auto"})`
      : "";
    if (heads.length && names.length) box.append(make("graft-corner", model.get("corner")));
    heads.forEach((head) => box.append(make("graft-column-name", head)));
    model.get("tiles").forEach((entry, number) => {
      if (names.length && number % columns === 0) box.append(make("graft-row-name", names[number / columns]));
      box.append(tile(entry, number));
    });
    if (hadFocus) box.querySelectorAll('[role="radio"]')[model.get("chosen")]?.focus();
  }

  box.addEventListener("keydown", (event) => {
    const down = model.get("columns") || 1;
    const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: down, ArrowUp: -down };
    const now = model.get("chosen");
    const there = now + steps[event.key];
    if (event.key in steps) {
      if (there >= 0 && there < model.get("tiles").length) choose(there, true); // not out of the grid
    }
    else if (event.key === "Home") choose(0, true);
    else if (event.key === "End") choose(model.get("tiles").length - 1, true);
    else return;
    event.preventDefault();
    event.stopPropagation(); // or the notebook would move to another cell
  });

  const watched = "change:tiles change:chosen change:label change:columns";
  model.on(watched, draw);
  draw();
  return () => model.off(watched, draw);
}

export default { render };
