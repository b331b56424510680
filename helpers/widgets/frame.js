// The part of every widget that nobody sees: it brings the style, and tells screen readers what ipywidgets leaves
// unsaid: the names of sliders and bars, and what a slider's handle stands for.

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

function set(element, attribute, value) {
  if (element.getAttribute(attribute) !== value) element.setAttribute(attribute, value);
}

function render({ el }) {
  el.style.display = "none";
  let watcher;
  let waiting = false;
  function begin() {
    const root = el.closest(".graft");
    if (!root) return;
    name(root);
    watcher = new MutationObserver(() => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => { waiting = false; name(root); });
    });
    watcher.observe(root, { childList: true, subtree: true, characterData: true, attributeFilter: ["style"] });
  }
  const frame = requestAnimationFrame(begin);
  const late = setTimeout(() => { if (!watcher) begin(); }, 300);
  return () => { cancelAnimationFrame(frame); clearTimeout(late); watcher?.disconnect(); };
}

export default { render };
