// The part of every widget that nobody sees: it brings the style, and tells screen readers what ipywidgets leaves
// unsaid: the names of sliders and bars, and what a slider's handle stands for. It also keeps the focus inside the widget:
// a control that is disabled loses it, and then neither Tab nor Shift-Enter would go on from there. It keeps plain
// keys from being taken for the notebook's shortcuts. And it tells when the kernel has gone.

function name(root) {
  for (const slider of root.querySelectorAll(".widget-slider, .jupyter-widgets.widget-hslider")) {
    const label = slider.querySelector(".widget-label")?.textContent ?? "";
    const value = slider.querySelector(".widget-readout")?.textContent ?? "";
    for (const handle of slider.querySelectorAll('[role="slider"]')) {
      set(handle, "aria-label", label);
      set(handle, "aria-valuetext", value);
    }
  }
  for (const bar of root.querySelectorAll(".widget-hprogress .progress")) {
    const width = bar.querySelector(".progress-bar")?.style.width ?? "0%";
    set(bar, "role", "progressbar");
    set(bar, "aria-label", "progress");
    set(bar, "aria-valuenow", String(Math.round(parseFloat(width) || 0)));
  }
  for (const said of root.querySelectorAll(".graft-said")) {
    set(said, "role", "status");
    set(said, "aria-live", "polite");
  }
}

const CONTROLS = "button, select, input, [tabindex='0']";

function usable(control) {
  return !control.closest("[disabled]") && control.offsetParent !== null;  // a slider's handle is in what is disabled
}

// The row's main button, else the next control beside it, else the one before it, else the next below, else the widget's
// first, else the line that says what happened. So Stop leads to Train and not to Undo, and the next photo to the guesses.
function neighbour(root, left) {
  const row = left.closest(".widget-hbox") ?? root;
  const beside = [...row.querySelectorAll(CONTROLS)].filter((each) => each === left || usable(each));
  const at = beside.indexOf(left);
  const main = beside.find((each) => each !== left && each.classList.contains("mod-primary"));
  const below = [...root.querySelectorAll(CONTROLS)].filter(
    (each) => usable(each) && left.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_FOLLOWING,
  );
  const said = root.querySelector(".graft-said");
  said?.setAttribute("tabindex", "-1");
  return main ?? beside[at + 1] ?? beside[at - 1] ?? below[0] ?? [...root.querySelectorAll(CONTROLS)].find(usable) ?? said;
}

function keepFocus(root) {
  let last;
  const remember = (event) => { last = event.target; };
  root.addEventListener("focusin", remember);
  const watcher = new MutationObserver((records) => {
    const lost = records.find((record) => record.target === last && last.disabled)?.target;
    // A little later, since the kernel enables the next control in a message of its own.
    if (lost) setTimeout(() => {
      const elsewhere = document.activeElement !== lost && document.activeElement !== document.body;
      const inside = elsewhere && root.contains(document.activeElement);
      if (lost.disabled && !inside && (!elsewhere || document.activeElement.contains(root))) neighbour(root, lost)?.focus();
    }, 150);
  });
  watcher.observe(root, { subtree: true, attributeFilter: ["disabled"] });
  return () => { watcher.disconnect(); root.removeEventListener("focusin", remember); };
}

// JupyterLab and Notebook 7 listen for their shortcuts at the page's edge, before any control. In Notebook 7 an arrow would
// move to another cell, and Enter begin to edit one. A plain key in a widget is the widget's; one with a modifier, such as
// Shift-Enter, stays the notebook's. This listens earlier still, and sets the attribute that both look for.
function keepKeys(root) {
  const heard = (event) => {
    const plain = !(event.shiftKey || event.ctrlKey || event.altKey || event.metaKey);
    if (root.contains(event.target)) event.target.toggleAttribute("data-lm-suppress-shortcuts", plain);
  };
  window.addEventListener("keydown", heard, true);
  return () => window.removeEventListener("keydown", heard, true);
}

// After a restart of the kernel nothing answers: ipywidgets marks the widget then, and unmarks it if the kernel is back.
function tellWhenDead(root) {
  const told = document.createElement("p");
  told.className = "graft-trouble graft-dead";
  told.setAttribute("role", "alert");
  const look = () => {
    const dead = root.classList.contains("jupyter-widgets-disconnected");
    if (dead && !told.isConnected) {
      root.prepend(told);
      told.textContent = "The kernel was restarted, so this widget no longer answers. Run the cells above, then this cell again.";
    } else if (!dead) {
      told.remove();
    }
  };
  const watcher = new MutationObserver(look);
  watcher.observe(root, { attributeFilter: ["class"] });
  look();
  return () => { watcher.disconnect(); told.remove(); };
}

function set(element, attribute, value) {
  if (element.getAttribute(attribute) !== value) element.setAttribute(attribute, value);
}

function render({ el }) {
  el.style.display = "none";
  let watcher;
  let release;
  let waiting = false;
  function begin() {
    const root = el.closest(".graft");
    if (!root) return;
    name(root);
    const ends = [keepFocus(root), keepKeys(root), tellWhenDead(root)];
    release = () => ends.forEach((end) => end());
    watcher = new MutationObserver(() => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => { waiting = false; name(root); });
    });
    watcher.observe(root, { childList: true, subtree: true, characterData: true, attributeFilter: ["style"] });
  }
  const frame = requestAnimationFrame(begin);
  const late = setTimeout(() => { if (!watcher) begin(); }, 300);
  return () => { cancelAnimationFrame(frame); clearTimeout(late); watcher?.disconnect(); release?.(); };
}

export default { render };
