// A button that copies code to the clipboard and shows what it copied.

function render({ model, el }) {
  el.classList.add("graft-part", "graft-code");
  const button = document.createElement("button");
  const said = document.createElement("span");
  const shown = document.createElement("pre");
  button.className = "graft-button";
  button.type = "button";
  said.setAttribute("role", "status");
  said.style.marginLeft = "8px";
  shown.hidden = true;
  el.replaceChildren(button, said, shown);

  button.addEventListener("click", async () => {
    shown.hidden = false;
    try {
      await navigator.clipboard.writeText(model.get("code"));
      said.textContent = "copied; paste it into a cell";
    } catch {
      said.textContent = "select the lines below and copy them"; // where the page may not use the clipboard
    }
  });
  function draw() {
    button.textContent = model.get("label");
    button.disabled = !model.get("code");
    shown.textContent = model.get("code");
    said.textContent = "";
  }
  model.on("change:code change:label", draw);
  draw();
  return () => model.off("change:code change:label", draw);
}

export default { render };
