// A card per class: its name, a button that takes photos while it is held, files instead, and the last photos.

const THUMBNAILS = 6;
const KEYS = [" ", "Enter"];
const BURST = 2000; // milliseconds of photos for a press that can't be held, such as a screen reader's

function make(kind, classes = "", text = "") {
  const made = document.createElement(kind);
  made.className = classes;
  if (kind === "button") made.type = "button";
  made.textContent = text;
  return made;
}

// Calls `begin` when a button is pressed, by mouse, finger or key, and `end` when it is let go, or loses the focus.
function holdable(button, begin, end) {
  let by = null;
  let last = 0;
  let pressed = false; // by mouse or finger: the click that follows is no press of its own
  let burst;
  const start = (how) => {
    if (by || button.disabled) return;
    clearTimeout(burst);
    by = how;
    begin();
  };
  const finish = () => {
    if (!by) return;
    by = null;
    last = performance.now();
    end();
  };
  button.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    button.setPointerCapture(event.pointerId);
    pressed = true;
    start("pointer");
  });
  button.addEventListener("pointerup", () => setTimeout(() => (pressed = false)));
  for (const kind of ["pointerup", "pointercancel", "lostpointercapture"])
    button.addEventListener(kind, () => by === "pointer" && finish());
  button.addEventListener("keydown", (event) => {
    if (!KEYS.includes(event.key) || event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    if (!event.repeat) start(event.key);
  });
  button.addEventListener("keyup", (event) => {
    if (!KEYS.includes(event.key)) return;
    event.preventDefault();
    if (event.key === by) finish();
  });
  button.addEventListener("blur", finish);
  button.addEventListener("contextmenu", (event) => event.preventDefault()); // a long touch
  button.addEventListener("click", () => {
    if (by || pressed || performance.now() - last < 500) return; // what follows a press that was held
    start("click");
    burst = setTimeout(() => by === "click" && finish(), BURST);
  });
  return finish;
}

function makeCard(key, act) {
  const root = make("div", "graft-class");
  root.setAttribute("role", "group");
  const name = make("input", "graft-class-name");
  const count = make("span", "graft-class-count");
  const remove = make("button", "graft-button", "Remove");
  const problem = make("p", "graft-trouble");
  const hold = make("button", "graft-button graft-hold", "Hold to take photos");
  const add = make("button", "graft-button", "Add files");
  const files = make("input");
  const photos = make("div", "graft-class-photos");
  let drawn = "";
  const top = make("div", "graft-class-row");
  const actions = make("div", "graft-class-row");
  Object.assign(files, { type: "file", multiple: true, accept: "image/*,.heic,.heif", hidden: true });
  Object.assign(name, { type: "text", maxLength: 60, autocomplete: "off", spellcheck: false });
  name.dataset.lmSuppressShortcuts = "true"; // letters are commands of the notebook
  problem.setAttribute("role", "alert");
  problem.id = `graft-${key}-${Math.random().toString(36).slice(2)}`;
  top.append(name, count, remove);
  actions.append(hold, add, files);
  root.append(top, problem, actions, photos);

  name.addEventListener("change", () => act.rename(key, name.value));
  name.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Enter") act.rename(key, name.value);
  });
  remove.addEventListener("click", () => act.remove(key));
  add.addEventListener("click", () => files.click());
  files.addEventListener("change", async () => {
    await act.files(key, [...files.files]);
    files.value = ""; // or the same file could not be chosen again
  });
  const letGo = holdable(hold, () => {
    root.classList.add("graft-taking");
    act.hold(key);
  }, () => {
    root.classList.remove("graft-taking");
    act.release(key);
  });

  function show(url) {
    const image = make("img");
    Object.assign(image, { src: url, alt: "" });
    photos.append(image);
    while (photos.children.length > THUMBNAILS) forget(photos.firstChild);
  }
  function forget(image) {
    URL.revokeObjectURL(image.src);
    image.remove();
  }
  function tell(number) {
    count.textContent = number === 1 ? "1 photo" : `${number} photos`;
    name.readOnly = number > 0;
    name.title = number > 0 ? "The name of a class with photos stays as it is" : "";
    remove.hidden = number > 0;
  }
  return {
    root,
    name,
    letGo,
    tell,
    show(data) {
      drawn = "";
      show(URL.createObjectURL(new Blob([data], { type: "image/jpeg" })));
    },
    update(told, place, canTake) {
      if (document.activeElement !== name || told.photos) name.value = told.name;
      const called = told.name || `class ${place}`;
      root.setAttribute("aria-label", called);
      name.setAttribute("aria-label", `Name of class ${place}`);
      name.setAttribute("aria-invalid", String(Boolean(told.problem)));
      name.setAttribute("aria-describedby", problem.id);
      remove.setAttribute("aria-label", `Remove ${called}`);
      add.setAttribute("aria-label", `Add files to ${called}`);
      hold.setAttribute("aria-label", `Hold to take photos of ${called}`);
      problem.textContent = told.problem;
      problem.hidden = !told.problem;
      add.disabled = Boolean(told.problem);
      this.allow(canTake && !told.problem);
      tell(told.photos);
      if (root.classList.contains("graft-taking") || told.thumbnails.join() === drawn) return;
      drawn = told.thumbnails.join();
      [...photos.children].forEach(forget);
      told.thumbnails.forEach(show);
    },
    allow(can) {
      hold.disabled = !can;
      hold.title = can ? "With a mouse, a finger, the space bar or Enter" : "Start the camera first";
      if (!can) letGo();
    },
  };
}
