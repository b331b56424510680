"use strict";
const at = (id) => document.getElementById(id);
const limit = Number(document.body.dataset.limit);
let asked = 0; // an answer counts only if nothing was asked since

function percent(share) {
  return share >= 0.01 || share === 0 ? `${Math.round(share * 100)}%` : "under 1%";
}

function show(name) {
  for (const id of ["trouble", "busy", "result"]) at(id).hidden = id !== name;
  at("result").classList.remove("waiting");
}

function fail(sentence) {
  at("trouble").textContent = sentence;
  at("said").textContent = "";
  show("trouble");
}

async function ask(file) {
  const turn = ++asked;
  if (file.size > limit) {
    fail(`Expected a photo of at most ${limit / 1e6} MB. ${file.name} has ${Math.round(file.size / 1e6)} MB. Make it smaller first.`);
    return;
  }
  at("busy").hidden = !at("result").hidden; // an answer that is there stays, or the page would jump
  at("result").classList.add("waiting");
  let told;
  try {
    const response = await fetch("predict", { method: "POST", body: file, headers: { "Content-Type": "application/octet-stream" } });
    told = await response.json();
  } catch {
    told = { error: "The app doesn't answer. Is it still running in its terminal? Start it again, then reload this page." };
  }
  if (turn !== asked) return;
  if (told.error) fail(`${file.name}: ${told.error}`);
  else answer(told, file);
}

function answer(told, file) {
  const image = at("seen");
  if (image.src) URL.revokeObjectURL(image.src);
  image.src = URL.createObjectURL(file);
  image.alt = `The photo ${file.name}`;
  at("result").classList.toggle("unknown", !told.known);
  at("verdict").textContent = told.verdict;
  at("doubt").textContent = told.reason;
  const sorted = Object.entries(told.probabilities).sort((one, other) => other[1] - one[1]);
  at("bars").replaceChildren(...sorted.map(([name, share]) => row(name, share)));
  at("said").textContent = `${told.verdict}: ${told.reason}`;
  show("result");
}

function row(name, share) {
  const line = document.createElement("tr");
  const [head, track, number] = ["th", "td", "td"].map((kind) => line.appendChild(document.createElement(kind)));
  head.scope = "row";
  head.textContent = name;
  track.className = "track";
  track.setAttribute("aria-hidden", "true");
  const bar = track.appendChild(document.createElement("div")).appendChild(document.createElement("span"));
  bar.className = "bar";
  bar.style.width = `${100 * share}%`;
  number.textContent = percent(share);
  return line;
}

function first(files) {
  if (files.length) ask(files[0]);
}

at("photo").addEventListener("change", (event) => {
  first([...event.target.files]);
  event.target.value = ""; // so that the same file can be chosen again
});
document.addEventListener("paste", (event) => first([...event.clipboardData.files]));
for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    event.preventDefault(); // or the browser would leave the page and open the file
    at("drop").classList.toggle("over", kind === "dragover");
    if (kind === "drop") first([...event.dataTransfer.files]);
  });
}
