// The answers to a worksheet are marked: numbers by their digits, formulas at points.

const NEAR = 0.05;
const ROUNDING = 1e-9;
const WORDS = { right: "right", wrong: "wrong", empty: "empty", unreadable: "cannot be read", unmarked: "not marked here" };

// What the page knows of a worksheet: how names are typed, and what is asked.
function sheetOf(told) {
  const known = new Map(told.known.map(one => [one.name, one]));
  const state = { told, known };
  const nameOf = new Map(told.known.flatMap(one => one.entries.flat().map(entry => [entry, one.name])));
  return { ...state, nameOf, names: spellings(state), functions: callable(told.matrices) };
}

// The ruling on one answer, why it is not right in sentences, and what it comes to at each point.
function ruled(sheet, one, given) {
  const text = answerIn(given);
  if (/^[\s_]*$/u.test(text)) {
    return { ruling: "empty", why: [] };
  }
  try {
    return one.kind === "number" ? numberRuled(sheet, one, text) : formulaRuled(sheet, one, text);
  } catch (error) {
    if (!(error instanceof FormulaError)) {
      throw error;
    }
    return error instanceof ShapeError ? { ruling: "wrong", why: [error.message] } : { ruling: "unreadable", why: [], error };
  }
}

// What stands in a field, without a remark at its end.
const answerIn = given => given.split("#")[0].trim();

// The part of an answer behind an equals sign, with blanks for all before it, so that places stay as they were.
function rightOf(text, at) {
  return text.slice(0, at + 1).replace(/[^]/gu, " ") + text.slice(at + 1);
}

function numberRuled(sheet, one, text) {
  const said = rightOf(text, text.lastIndexOf("=")).replace(/[≈~]/gu, " ");
  const tree = readFormula(said, sheet.names, sheet.functions);
  const [name] = entriesIn(tree);
  if (name !== undefined) {
    throw new FormulaError(`${spokenOf(sheet, name)} is no number; put the numbers in, and write one such as 0.0722`);
  }
  const value = valueOf(tree, null, network.FUNCTIONS);
  if (value.entries.length !== 1 || !Number.isFinite(value.entries[0])) {
    throw new FormulaError(`it comes to ${shown(value.entries[0])}, which is no number`);
  }
  return byDigits(value.entries[0], one);
}

function byDigits(number, { answer, tolerance }) {
  if (Math.abs(number - answer) <= tolerance * (1 + ROUNDING)) {
    return { ruling: "right", why: [] };
  }
  if (Math.abs(number + answer) <= tolerance) {
    return { ruling: "wrong", why: ["it has the other sign"] };
  }
  const near = Math.abs(number - answer) <= NEAR * Math.abs(answer);
  return { ruling: "wrong", why: near ? ["it is near, but not to as many digits as are asked"] : [] };
}

function formulaRuled(sheet, one, text) {
  if (!sheet.told.points.length) {
    return { ruling: "unmarked", why: ["there are too many names for this page; symbackprop verify --file marks it"] };
  }
  const equals = text.indexOf("=");
  const left = text.slice(0, Math.max(0, equals)).replace(/\s/gu, "").normalize("NFC");
  if (left && !one.lefts.includes(left)) {
    throw new FormulaError(`the line is about something else than ${one.asked}; leave out what stands before the equals sign`);
  }
  const tree = readFormula(rightOf(text, equals), sheet.names, sheet.functions);
  const used = [...entriesIn(tree)];
  const later = used.map(entry => sheet.nameOf.get(entry)).find(name => one.later.includes(name));
  if (later !== undefined) {
    throw new FormulaError(`${one.asked} is asked, and the formula is in ${spokenOf(sheet, later)}; write it in what stands nearer to the loss`);
  }
  const rows = sheet.told.points
    .map((point, k) => ({ point, names: used, ...compared(typedAt(tree, point.values), one.expected[k], one.asked) }))
    .filter(row => row.usable);
  if (!rows.length) {
    return { ruling: "unmarked", why: ["there is no point at which this page could try it"] };
  }
  const wrong = rows.filter(row => !row.same);
  const why = wrong.length ? `it differs at ${wrong.length} of ${rows.length} points` : `at all ${rows.length} points`;
  return { ruling: wrong.length ? "wrong" : "right", why: [why], rows };
}

// The entries of all names in the tree of a formula, in order and each once.
function entriesIn(tree, found = new Set()) {
  if (tree.name !== undefined) {
    const { entry, grid } = tree.name;
    (entry !== undefined ? [entry] : grid.flat()).forEach(each => found.add(each));
  }
  [tree.left, tree.right, tree.operand, ...(tree.operands ?? [])].filter(Boolean).forEach(part => entriesIn(part, found));
  return found;
}

// The file of answers with what was given behind each label.
function filledIn(text, given) {
  const answers = new Map(given.map(([label, answer]) => [`${label}:`, answerIn(answer)]));
  return text.split("\n").map(line => (answers.get(line) ? `${line} ${answers.get(line)}` : line)).join("\n");
}
