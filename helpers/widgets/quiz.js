// Watches the quiz above it, and tells Python which of its questions were answered correctly, and which tried.

function render({ model, el }) {
  el.classList.add("graft-part", "graft-quiet");
  const said = document.createElement("p");
  said.setAttribute("role", "status");
  el.replaceChildren(said);
  let area = null;

  function look() {
    const feedback = [...area.querySelectorAll("[id^=quizWrap]")].map((question) => ({
      number: Number(question.dataset.qnum),
      told: question.querySelector(".Feedback"),
    }));
    const withClass = (name) =>
      feedback.filter(({ told }) => told?.classList.contains(name)).map(({ number }) => number);
    const right = [...new Set([...model.get("right"), ...withClass("correct")])].sort();
    model.set({ right, tried: [...new Set([...model.get("tried"), ...withClass("incorrect")])].sort() });
    model.save_changes();
  }
  // Keys that belong to an answer stay with it: otherwise an arrow would move to another cell. Heard before JupyterLab.
  function heard(event) {
    const plain = !(event.shiftKey || event.ctrlKey || event.altKey || event.metaKey);
    if (event.target.closest?.("[id^=quizWrap]")) event.target.toggleAttribute("data-lm-suppress-shortcuts", plain);
  }
  window.addEventListener("keydown", heard, true);
  const later = () => setTimeout(look, 0); // once the quiz itself has answered
  // The quiz is in the same cell's output. A widget is drawn before it is placed, so this waits for a frame.
  requestAnimationFrame(() => {
    area = el.closest(".jp-OutputArea, .output") ?? document.body;
    area.addEventListener("click", later);
  });
  function draw() {
    said.textContent = model.get("said");
  }
  model.on("change:said", draw);
  draw();
  return () => {
    model.off("change:said", draw);
    area?.removeEventListener("click", later);
    window.removeEventListener("keydown", heard, true);
  };
}

export default { render };
