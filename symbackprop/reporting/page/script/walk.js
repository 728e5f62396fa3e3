// Through the derivation line by line: the line lights up, and in a drawing the names that stand in it.

function buildWalk(bar) {
  const rows = [...document.querySelectorAll("main tr[id^='eq-']")];
  const [back, next, at] = ["back", "next", "at"].map(byId);
  let now = -1;

  function go(to) {
    if (to < 0 || to >= rows.length) {
      return;
    }
    rows[now]?.classList.remove("current");
    rows[now]?.removeAttribute("aria-current");
    now = to;
    const row = rows[now];
    row.classList.add("current");
    row.setAttribute("aria-current", "step");
    row.scrollIntoView({ block: "center" });
    at.textContent = `line ${now + 1} of ${rows.length}`;
    const names = new Set(row.dataset.names.split(" "));
    for (const node of document.querySelectorAll("svg .node[data-name]")) {
      node.classList.toggle("on", names.has(node.dataset.name));
    }
    back.setAttribute("aria-disabled", String(now === 0));
    next.setAttribute("aria-disabled", String(now === rows.length - 1));
  }

  back.addEventListener("click", () => go(now - 1));
  next.addEventListener("click", () => go(now + 1));
  const keys = { ArrowLeft: () => now - 1, ArrowRight: () => now + 1, Home: () => 0, End: () => rows.length - 1 };
  bar.addEventListener("keydown", event => {
    if (Object.hasOwn(keys, event.key)) {
      event.preventDefault();
      go(keys[event.key]());
    }
  });
}
