// A gradient that the reader types is compared with the derived one, at points that the reader sees.

const TOLERANCE = 1e-9;
const NOTHING = 1e-13;
const MOST_VALUES = 40;

function buildJudge(state, form, place) {
  const gradients = state.told.quantities.filter(one => one.kind === "gradient");
  const by = byId("judge-by");
  by.append(...gradients.map((one, k) => make("option", { value: String(k) }, spokenOf(state, one.name))));
  const field = byId("judge-formula");
  const names = spellings(state);
  const ofMatrices = network.localDerivatives === null ? Object.keys(OF_MATRICES) : [];
  const functions = new Set([...Object.keys(network.FUNCTIONS), ...ofMatrices]);
  const example = [...state.known.values()].filter(one => one.kind !== "target").slice(-2).map(one => one.name);
  form.after(make("p", { class: "hint" }, `Names are typed as in ${example.join(", ")}; functions are ${[...functions].join(", ")}.`));
  form.addEventListener("submit", event => {
    event.preventDefault();
    try {
      const tree = readFormula(field.value, names, functions);
      place.replaceChildren(...verdictOn(state, tree, gradients[Number(by.value)]));
    } catch (error) {
      if (!(error instanceof FormulaError)) {
        throw error;
      }
      place.replaceChildren(...complaint(field.value, error));
    }
  });
}

// How each name may be typed: as in the file, as it is printed in text, and the entries of matrices one by one.
function spellings(state) {
  const names = new Map();
  for (const one of state.known.values()) {
    one.entries.flat().forEach(entry => names.set(entry, { entry }));
  }
  for (const one of state.known.values()) {
    names.set(one.spoken.normalize("NFC"), { grid: one.entries });
  }
  for (const one of state.known.values()) {
    names.set(one.name, { grid: one.entries });
  }
  return names;
}

function complaint(text, error) {
  const parts = [make("p", { class: "wrong-answer" }, `This cannot be read: ${error.message}.`)];
  if (error.at !== undefined) {
    parts.push(make("pre", {}, `${text}\n${" ".repeat(error.at)}^`));
  }
  return parts;
}

// The points: where the values are now, if nothing that is stated is broken there, and those of the page.
function pointsOf(state) {
  const now = exampleOf(state.values, state.example);
  const here = network.brokenFacts(now).length ? [] : [{ title: "now", values: now }];
  return [...here, ...state.told.points.map((values, k) => ({ title: `point ${k + 1}`, values }))];
}

function comparedAt(point, tree, gradient) {
  const found = network.numbers(point.values);
  const value = ({ entry, grid }) =>
    (entry !== undefined ? scalar(found[entry]) : filled(grid.length, grid[0].length, (i, j) => found[grid[i][j]]));
  const wanted = value({ grid: gradient.entries });
  const typed = valueOf(tree, value, network.FUNCTIONS);
  if (typed.rows !== wanted.rows || typed.columns !== wanted.columns) {
    throw new FormulaError(`it is ${sizeOf(typed)}, and the gradient is ${sizeOf(wanted)}`);
  }
  let worst = { far: -1, typed: NaN, wanted: NaN, at: 0 };
  wanted.entries.forEach((w, at) => {
    const t = typed.entries[at];
    const far = Math.abs(t - w) / (NOTHING / TOLERANCE + Math.max(Math.abs(t), Math.abs(w)));
    if (!(far <= worst.far)) {
      worst = { far: Number.isNaN(far) ? Infinity : far, typed: t, wanted: w, at };
    }
  });
  const usable = wanted.entries.every(Number.isFinite);
  return { point, usable, same: worst.far <= TOLERANCE, ...worst, columns: wanted.columns, count: wanted.entries.length };
}

function verdictOn(state, tree, gradient) {
  const compared = pointsOf(state).map(point => comparedAt(point, tree, gradient)).filter(one => one.usable);
  const wrong = compared.filter(one => !one.same);
  const where = wrong.map(one => one.point.title).join(", ");
  const text = !compared.length
    ? "There is no point at which the gradient is a number."
    : wrong.length
      ? `Wrong: it differs from ${gradient.spoken} at ${wrong.length} of ${compared.length} points (${where}).`
      : `Right at all ${compared.length} points, as far as numbers tell. symbackprop verify proves it.`;
  const rows = compared.map(one => make("tr", {},
    make("th", { scope: "row" }, one.point.title), make("td", {}, shown(one.typed)), make("td", {}, shown(one.wanted)),
    make("td", {}, one.same ? "the same" : one.count > 1 ? `differs in entry [${Math.floor(one.at / one.columns) + 1},${(one.at % one.columns) + 1}]` : "differs"),
    make("td", {}, valuesAt(state, one.point.values))));
  const head = ["point", "yours", gradient.spoken, "", "values"].map(title => make(title ? "th" : "td", title ? { scope: "col" } : {}, title));
  const table = make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows));
  return [
    make("p", { class: wrong.length || !compared.length ? "wrong-answer" : "right-answer" }, text),
    make("div", { class: "box table-box", tabindex: "0", role: "region", "aria-label": "The points" }, table),
  ];
}

function valuesAt(state, values) {
  const entries = Object.entries(values);
  const words = entries.slice(0, MOST_VALUES).map(([name, value]) => `${spokenOf(state, name)} = ${shown(value, 4)}`);
  return words.join(", ") + (entries.length > MOST_VALUES ? ", …" : "");
}
