// What the model says: a verdict, a bar per class, a bar for "none of these". Read out only once it has settled.

const SETTLED = 3; // answers in a row that say the same
const PAUSE = 2000; // milliseconds between two announcements

function makeAnswer() {
  const root = make("div", "graft-answer");
  const verdict = make("p", "graft-verdict");
  const bars = make("div", "graft-bar");
  const reason = make("p", "graft-quiet");
  const heard = make("p", "graft-heard");
  heard.setAttribute("role", "status");
  root.append(verdict, bars, reason, heard);
  root.hidden = true;
  const rows = new Map();
  let same = 0;
  let last = "";
  let spoken = "";
  let when = 0;

  function row(name) {
    if (!rows.has(name)) {
      const [label, track, number] = [make("span", "", name || "none of these"), make("div", "graft-track"), make("span")];
      const bar = make("i");
      track.append(bar);
      bars.append(label, track, number);
      rows.set(name, { bar, number });
    }
    return rows.get(name);
  }
  function speak(label) {
    same = label === last ? same + 1 : 1;
    last = label;
    const now = performance.now();
    if (same < SETTLED || label === spoken || now - when < PAUSE) return;
    [spoken, when] = [label, now];
    heard.textContent = label;
  }
  return {
    root,
    clear() {
      root.hidden = true;
      rows.clear();
      bars.replaceChildren();
      [same, last, spoken, heard.textContent] = [0, "", "", ""];
    },
    show(told, once) {
      const names = [...told.bars.map(([name]) => name), ""];
      if (names.join("\n") !== [...rows.keys()].join("\n")) this.clear();
      root.hidden = false;
      root.classList.toggle("graft-unknown", !told.known);
      verdict.textContent = told.verdict;
      reason.textContent = told.reason;
      let likeliest = "";
      let most = -1;
      for (const [name, share] of told.bars) {
        const { bar, number } = row(name);
        bar.style.width = `${100 * share}%`;
        number.textContent = share.toFixed(2);
        if (share > most) [likeliest, most] = [name, share];
      }
      const none = row("");
      none.bar.style.width = told.known ? "0" : "100%";
      none.number.textContent = told.known ? "no" : "yes";
      if (once) heard.textContent = told.verdict;
      else speak(told.known ? likeliest : told.verdict);
    },
  };
}
