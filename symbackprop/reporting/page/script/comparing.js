// What a reader types is compared with what is right, at points that the reader sees.

const TOLERANCE = 1e-9;
const NOTHING = 1e-13;
const MOST_VALUES = 40;

function spokenOf(state, name) {
  return state.known.get(name)?.spoken ?? name;
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

// The words that may be called: functions of numbers, and where there are matrices those of matrices.
function callable(ofMatrices) {
  return new Set([...Object.keys(network.FUNCTIONS), ...(ofMatrices ? Object.keys(OF_MATRICES) : [])]);
}

// What the tree of a formula comes to where the entries have these values.
function typedAt(tree, values) {
  const value = ({ entry, grid }) => (entry !== undefined ? scalar(values[entry]) : gridAt(grid, values));
  return valueOf(tree, value, network.FUNCTIONS);
}

const gridAt = (grid, values) => filled(grid.length, grid[0].length, (i, j) => values[grid[i][j]]);

// The entry where two arrays differ most, and whether that is more than rounding. ``what`` names the one that is right.
function compared(typed, wanted, what) {
  if (typed.rows !== wanted.rows || typed.columns !== wanted.columns) {
    throw new ShapeError(`it is ${sizeOf(typed)}, and ${what} is ${sizeOf(wanted)}`);
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
  return { usable, same: worst.far <= TOLERANCE, ...worst, columns: wanted.columns, count: wanted.entries.length };
}

function complaint(text, error) {
  const parts = [make("p", { class: "wrong-answer" }, `This cannot be read: ${error.message}.`)];
  if (error.at !== undefined) {
    parts.push(make("pre", {}, `${text}\n${" ".repeat(error.at)}^`));
  }
  return parts;
}

// A row for each point: what was typed, what is right under ``title``, and values of names there.
function tableOf(state, rows, title) {
  const body = rows.map(one => make("tr", {},
    make("th", { scope: "row" }, one.point.title), make("td", {}, shown(one.typed)), make("td", {}, shown(one.wanted)),
    make("td", {}, one.same ? "the same" : one.count > 1 ? `differs in entry [${Math.floor(one.at / one.columns) + 1},${(one.at % one.columns) + 1}]` : "differs"),
    make("td", {}, valuesAt(state, one.point.values, one.names))));
  const head = ["point", "yours", title, "", "values"].map(word => make(word ? "th" : "td", word ? { scope: "col" } : {}, word));
  const table = make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...body));
  return make("div", { class: "box table-box", tabindex: "0", role: "region", "aria-label": "The points" }, table);
}

// Values of all names, or of those that are told.
function valuesAt(state, values, names = Object.keys(values)) {
  const words = names.slice(0, MOST_VALUES).map(name => `${spokenOf(state, name)} = ${shown(values[name], 4)}`);
  return words.join(", ") + (names.length > MOST_VALUES ? ", …" : "");
}
