// A reference shows the line that it leads to, while the pointer or the focus is on it.

function buildReferences(place) {
  const hide = () => {
    place.hidden = true;
  };
  for (const link of document.querySelectorAll("a.ref")) {
    const show = () => showLine(place, link);
    link.addEventListener("mouseenter", show);
    link.addEventListener("focus", show);
    link.addEventListener("mouseleave", hide);
    link.addEventListener("blur", hide);
  }
  document.addEventListener("keydown", event => {
    if (event.key === "Escape") {
      hide();
    }
  });
}

function showLine(place, link) {
  const row = document.getElementById(link.hash.slice(1));
  if (row === null) {
    return;
  }
  const cells = [...row.cells].filter(cell => !cell.matches(".why, .no"));
  const copy = make("tr", {}, ...cells.map(cell => cell.cloneNode(true)));
  const lhs = copy.querySelector(".lhs");
  if (lhs !== null && !lhs.textContent) {
    lhs.replaceChildren(...leftSideOf(row));
  }
  place.replaceChildren(make("table", { class: "formula" }, copy));
  place.hidden = false;
  link.setAttribute("aria-describedby", place.id);
  const at = link.getBoundingClientRect();
  const left = Math.min(at.left, document.documentElement.clientWidth - place.offsetWidth - 8);
  place.style.left = `${Math.max(4, left) + window.scrollX}px`;
  place.style.top = `${at.bottom + window.scrollY + 6}px`;
}

// A line without a left side goes on from the line above.
function leftSideOf(row) {
  let above = row;
  while (above !== null && !above.querySelector(".lhs")?.textContent) {
    above = above.previousElementSibling;
  }
  return above === null ? [] : [...above.querySelector(".lhs").cloneNode(true).childNodes];
}
