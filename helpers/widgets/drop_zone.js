// A place to drop a photo: its bytes go to the kernel. Where nothing can be dropped, the button beside it does the same.

function render({ model, el }) {
  el.classList.add("graft-part");
  const zone = document.createElement("div");
  zone.className = "graft-drop";
  const said = document.createElement("span");
  said.textContent = model.get("label");
  zone.append(said);
  el.replaceChildren(zone);

  const over = (event) => {
    event.preventDefault(); // or the page would open the photo
    event.stopPropagation();
    zone.classList.add("graft-over");
  };
  const away = () => zone.classList.remove("graft-over");
  zone.addEventListener("dragenter", over);
  zone.addEventListener("dragover", over);
  zone.addEventListener("dragleave", away);
  zone.addEventListener("drop", async (event) => {
    over(event);
    away();
    const file = event.dataTransfer?.files?.[0];
    if (!file) {
      said.textContent = "That was not a file. Save the photo first, then drop its file here.";
      return;
    }
    if (file.size > model.get("most")) {
      said.textContent = `${file.name} has ${(file.size / 1e6).toFixed(0)} MB; at most ${model.get("most") / 1e6} MB can be read.`;
      return;
    }
    said.textContent = model.get("label");
    model.send({ kind: "dropped", name: file.name }, undefined, [await file.arrayBuffer()]);
  });
}

export default { render };
