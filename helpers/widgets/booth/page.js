// The photo booth's page. It never sends a picture before the last one was answered, but for a few of a hold.

const EVERY = 125; // milliseconds between two photos of a hold
const MOST_WAITING = 3; // photos of a hold that are on their way
const LOOK_EVERY = 100; // milliseconds between two questions, at least
const LEFT = 5000; // milliseconds for which what was said of a file is left standing
const PATIENCE = 3000; // milliseconds without an answer until the page says so
const LOST = 30000; // milliseconds without an answer until it is no longer waited for

function render({ model, el }) {
  el.classList.add("graft-part");
  const view = Math.random().toString(36).slice(2);
  const root = make("div", "graft-booth");
  const [left, right] = [make("div", "graft-booth-camera"), make("div", "graft-booth-classes")];
  const frame = make("div", "graft-video");
  const video = make("video");
  const off = make("span", "graft-quiet", "The camera is off.");
  const onOff = make("button", "graft-button", "Start camera");
  const ask = make("button", "graft-button", "Ask about a file");
  const asked = make("input");
  const said = make("p", "graft-quiet graft-booth-said");
  const late = make("p", "graft-quiet", "Waiting for the kernel. If a cell is running, wait until it is done.");
  const note = make("p", "graft-quiet", `Pictures go to this notebook's kernel only; photos are kept in ${model.get("folder")}.`);
  const list = make("div", "graft-class-list");
  const more = make("button", "graft-button", "Add a class");
  const buttons = make("div", "graft-class-row");
  const answer = makeAnswer();
  Object.assign(video, { muted: true, playsInline: true, hidden: true });
  video.setAttribute("aria-label", "What the camera sees, mirrored");
  Object.assign(asked, { type: "file", accept: "image/*,.heic,.heif", hidden: true });
  said.setAttribute("role", "status");
  frame.append(video, off);
  buttons.append(onOff, ask, asked);
  late.hidden = true;
  left.append(frame, buttons, said, late, answer.root);
  right.append(list, more, note);
  root.append(left, right);
  el.replaceChildren(root);

  const cards = new Map();
  const waiting = new Map(); // what was sent and isn't answered yet: its turn, and what to do then
  let turn = 0;
  const holds = new Map(); // by class: what takes its photos while its button is held
  let looked = 0;
  let taking = false;
  let looking = false;

  const camera = makeCamera(video, (text) => {
    video.hidden = !video.srcObject;
    off.hidden = !video.hidden;
    onOff.textContent = video.srcObject ? "Stop camera" : "Start camera";
    said.textContent = text;
    if (!video.srcObject) [...cards.values()].forEach((card) => card.letGo());
    draw();
    if (video.srcObject) model.send({ kind: "camera" });
  });

  // Sends a picture; the promise is kept when the kernel has answered.
  function send(content, data) {
    turn += 1;
    const sent = { ...content, view, turn };
    return new Promise((done) => {
      waiting.set(turn, { done, since: performance.now() });
      model.send(sent, undefined, [data]);
    });
  }
  function heard(told) {
    if (told.view !== view) return;
    waiting.get(told.turn)?.done(told);
    waiting.delete(told.turn);
  }

  async function take(key, hold) {
    if (taking || waiting.size >= MOST_WAITING) return;
    taking = true;
    const data = await camera.picture(model.get("side")).finally(() => (taking = false));
    if (!data) return;
    const told = await send({ kind: "photo", key, hold }, data);
    if (!told.kept) return cards.get(key)?.letGo();
    cards.get(key)?.tell(told.photos);
    cards.get(key)?.show(data);
  }
  async function files(key, chosen) {
    for (const [number, file] of chosen.entries()) {
      said.textContent = `Adding file ${number + 1} of ${chosen.length} …`;
      const sent = { kind: "photo", key, hold: `${view} file ${turn}`, name: file.name };
      const told = tooLarge(file) ? {} : await send(sent, await file.arrayBuffer());
      if (!told.kept) break;
      said.textContent = "";
    }
    model.send({ kind: "released" });
  }
  function tooLarge(file) {
    const [most, size] = [model.get("most"), file.size];
    if (size > most) said.textContent = `${file.name} has ${(size / 1e6).toFixed(0)} MB; at most ${most / 1e6} MB can be read.`;
    return size > most;
  }
  const act = {
    rename: (key, name) => model.send({ kind: "rename", key, name }),
    remove: (key) => model.send({ kind: "remove", key }),
    files,
    hold(key) {
      const hold = `${view} ${++turn}`;
      take(key, hold);
      holds.set(key, setInterval(() => take(key, hold), EVERY));
    },
    release(key) {
      clearInterval(holds.get(key));
      holds.delete(key);
      setTimeout(() => model.send({ kind: "released" }), 300); // after the last photo
    },
  };

  // Looks again as soon as the last look was answered.
  async function look() {
    const busy = looking || holds.size || waiting.size || !camera.isOn() || !model.get("answering") || document.hidden;
    if (busy || performance.now() - looked < LOOK_EVERY) return;
    looking = true;
    looked = performance.now();
    try {
      const data = await camera.picture(model.get("image_size"));
      if (data) show(await send({ kind: "look" }, data), false);
    } finally {
      looking = false;
    }
  }
  function show(told, once) {
    if (told.bars && model.get("answering")) answer.show(told, once);
  }
  asked.addEventListener("change", async () => {
    const file = asked.files[0];
    if (file && !tooLarge(file)) {
      looked = performance.now() + LEFT; // the camera doesn't answer over it
      said.textContent = `Asked about ${file.name}:`;
      show(await send({ kind: "look", name: file.name }, await file.arrayBuffer()), true);
    }
    asked.value = "";
  });

  function draw() {
    const told = model.get("classes");
    const kept = new Set(told.map(({ key }) => key));
    const focused = list.contains(document.activeElement);
    for (const [key, card] of cards) if (!kept.has(key)) [card.letGo(), card.root.remove(), cards.delete(key)];
    told.forEach((each, place) => {
      if (!cards.has(each.key)) {
        cards.set(each.key, makeCard(each.key, act));
        list.append(cards.get(each.key).root);
      }
      cards.get(each.key).update(each, place + 1, Boolean(video.srcObject));
    });
    if (focused && !list.contains(document.activeElement)) more.focus(); // its card is gone
  }
  function drawAnswering() {
    ask.disabled = !model.get("answering");
    ask.title = ask.disabled ? "Train first" : "";
    if (ask.disabled) answer.clear();
  }

  onOff.addEventListener("click", () => (video.srcObject ? camera.stop("The camera is off.") : camera.start()));
  ask.addEventListener("click", () => asked.click());
  more.addEventListener("click", () => model.send({ kind: "add" }));
  const beat = setInterval(() => {
    const gone = !el.isConnected || el.closest(".jupyter-widgets-disconnected");
    if (gone && video.srcObject) camera.stop("The camera is off.");
    const now = performance.now();
    const oldest = Math.min(...[...waiting.values()].map((sent) => sent.since));
    late.hidden = !(now - oldest > PATIENCE);
    for (const [number, sent] of waiting) if (now - sent.since > LOST) heard({ view, turn: number, kept: false });
    look();
  }, 50);
  model.on("msg:custom", heard);
  model.on("change:classes", draw);
  model.on("change:answering", drawAnswering);
  draw();
  drawAnswering();
  return () => {
    clearInterval(beat);
    for (const timer of holds.values()) clearInterval(timer);
    camera.stop();
    model.off("msg:custom", heard);
    model.off("change:classes", draw);
    model.off("change:answering", drawAnswering);
  };
}

export default { render };
