// The worksheet as its reader works on it: a field in place of each blank, a button that marks, a file to take along.

function buildPractice(sheet) {
  const { told } = sheet;
  const score = byId("score");
  const fields = told.exercises.map(one => fieldOf(sheet, one, () => {
    score.textContent = "";
    showFile();
  }));
  const file = byId("answers");
  const save = byId("save");

  function showFile() {
    file.textContent = filledIn(told.text, fields.map(({ one, input }) => [one.label, input.value]));
    save.href = `data:text/plain;charset=utf-8,${encodeURIComponent(file.textContent)}`;
  }

  byId("marking").addEventListener("submit", event => {
    event.preventDefault();
    const right = fields.map(field => field.mark()).filter(ruling => ruling === "right").length;
    score.textContent = `${right} of ${fields.length} right`;
  });
  byId("reset").addEventListener("click", () => {
    fields.forEach(field => field.clear());
    score.textContent = "";
    showFile();
    fields[0].input.focus();
  });
  if (told.points.length) {
    byId("points").append(pointTable(sheet));
  }
  byId("functions").textContent = [...sheet.functions].join(", ");
  showFile();
}

// A field in the place of a blank, what is said of it, and the answer, which is shown once one was tried.
function fieldOf(sheet, one, changed) {
  const input = make("input", {
    type: "text", id: `answer-${one.label}`, class: `answer ${one.kind}`, form: "marking", "aria-label": `${one.label}, ${one.spoken}`,
    "aria-describedby": `said-${one.label}`, autocomplete: "off", autocapitalize: "off", spellcheck: "false", maxlength: "4000",
  });
  const said = make("div", { id: `said-${one.label}`, class: "said" });
  const show = make("button", { type: "button", class: "show", "aria-expanded": "false", "aria-controls": `shown-${one.label}` }, "Show the answer");
  show.setAttribute("aria-label", `Show the answer to ${one.label}`);
  const answer = make("div", { id: `shown-${one.label}`, class: "told" });
  const opened = open => {
    answer.hidden = !open;
    show.setAttribute("aria-expanded", String(open));
    answer.replaceChildren(...(open ? answerTo(sheet, one) : []));
  };
  const unmarked = () => {
    said.replaceChildren();
    input.removeAttribute("aria-invalid");
  };
  const clear = () => {
    input.value = "";
    unmarked();
    show.hidden = true;
    opened(false);
  };
  const mark = () => {
    const found = ruled(sheet, one, input.value);
    said.replaceChildren(...wordsOn(sheet, one, answerIn(input.value), found));
    input.setAttribute("aria-invalid", String(found.ruling === "wrong" || found.ruling === "unreadable"));
    show.hidden = show.hidden && found.ruling === "empty";
    return found.ruling;
  };
  input.addEventListener("input", () => {
    unmarked();
    changed();
  });
  show.addEventListener("click", () => opened(answer.hidden));
  clear();
  document.querySelector(`.rule[data-label="${one.label}"]`).replaceWith(input, said, show, answer);
  return { one, input, mark, clear };
}

// The ruling in words, with its reasons, and the points where there are some.
function wordsOn(sheet, one, text, found) {
  const good = { right: "right-answer", empty: "hint" }[found.ruling] ?? "wrong-answer";
  if (found.error !== undefined) {
    const told = complaint(text, found.error);
    return found.error.at === undefined ? told : [...told, make("p", { class: "hint" }, one.lacking ? `${PLAINER} ${LACKING}` : PLAINER)];
  }
  const words = make("p", { class: good }, [WORDS[found.ruling], ...found.why].join(": ").replace("right: at", "right at"));
  if (found.rows === undefined) {
    return [words];
  }
  return [words, make("details", {}, make("summary", {}, "the points"), tableOf(sheet, found.rows, one.asked))];
}

const PLAINER = "This page reads a plainer notation than symbackprop verify does.";
const LACKING = "The answer may need a function that it lacks; symbackprop verify --file marks any.";

// A number, or what the formula comes to at each point; the formula itself stands in the key.
function answerTo(sheet, one) {
  if (one.kind === "number") {
    return [make("p", {}, `${one.asked} = ${shown(one.answer, one.digits)}`)];
  }
  const rows = sheet.told.points.map((point, k) => make("tr", {}, make("th", { scope: "row" }, point.title), make("td", {}, arrayShown(one.expected[k]))));
  const head = make("tr", {}, make("th", { scope: "col" }, "point"), make("th", { scope: "col" }, one.asked));
  return [
    make("p", {}, "The formula stands in the key. It comes to"),
    make("div", { class: "box table-box" }, make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows))),
  ];
}

function arrayShown({ rows, columns, entries }) {
  const lines = Array.from({ length: rows }, (_, i) => entries.slice(i * columns, (i + 1) * columns).map(x => shown(x)).join(", "));
  return rows * columns === 1 ? lines[0] : `[${lines.join("; ")}]`;
}

// Every name with its value at each point.
function pointTable(sheet) {
  const { points, known } = sheet.told;
  const head = ["name", ...points.map(point => point.title)].map(word => make("th", { scope: "col" }, word));
  const rows = known.flatMap(one => one.entries.flat()).map(entry => make("tr", {}, make("th", { scope: "row" }, spokenOf(sheet, entry)),
    ...points.map(point => make("td", { class: "right" }, shown(point.values[entry])))));
  return make("div", { class: "box table-box", tabindex: "0", role: "region", "aria-label": "All names at all points" },
    make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows)));
}

function start() {
  document.querySelectorAll(".scripted").forEach(part => {
    part.hidden = false;
  });
  buildCopying();
  buildPractice(sheetOf(JSON.parse(byId("data").textContent)));
  buildBoxes();
}

start();
