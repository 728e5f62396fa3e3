// Formulas that a reader types, read into a tree. Nothing of them is ever run as code.

class FormulaError extends Error {
  constructor(message, at) {
    super(message);
    this.at = at;
  }
}

const TOKEN = /\s+|(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<name>[\p{L}_](?:(?![⁰¹²³⁴⁵⁶⁷⁸⁹])[\p{L}\p{M}\p{N}_])*)|∘?(?<raised>⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)|(?<sign>\*\*|\.T(?![\p{L}\p{N}_])|[-+*/@^(),'−·×∘⋅⊘√])/uy;
const SAME_SIGN = { "−": "-", "·": "*", "×": "*", "∘": "*", "⋅": "*", "⊘": "/", "**": "^", "'": ".T" };
const CONSTANTS = { pi: Math.PI, π: Math.PI };

function tokensOf(text) {
  const tokens = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) {
      throw new FormulaError(`there is no meaning for ${[...text.slice(at)][0]} here`, at);
    }
    const { number, name, raised, sign } = match.groups;
    if (number !== undefined) {
      tokens.push({ kind: "number", text: number, at });
    } else if (name !== undefined) {
      tokens.push({ kind: "name", text: name.normalize("NFC"), at });
    } else if (raised !== undefined) {
      tokens.push({ kind: "raised", text: raised, number: lowered(raised), at });
    } else if (sign !== undefined) {
      tokens.push({ kind: "sign", text: SAME_SIGN[sign] ?? sign, at });
    }
  }
  return tokens;
}

// The number that is written above the line.
function lowered(raised) {
  const digits = [...raised].filter(digit => digit !== "⁻").map(digit => RAISED.indexOf(digit)).join("");
  return raised.startsWith("⁻") ? -Number(digits) : Number(digits);
}

// The tree of a formula. ``names`` is a Map from each spelling to the name; ``functions`` is a Set of words.
function readFormula(text, names, functions) {
  const tokens = tokensOf(text);
  let next = 0;

  const sign = () => (tokens[next]?.kind === "sign" ? tokens[next].text : "");
  const place = () => tokens[next]?.at ?? text.length;
  const expect = wanted => {
    if (sign() !== wanted) {
      throw new FormulaError(`a ${wanted} is missing`, place());
    }
    next += 1;
  };

  function sum() {
    let left = product();
    while (sign() === "+" || sign() === "-") {
      const operator = tokens[next++].text;
      left = { operator, left, right: product() };
    }
    return left;
  }

  function product() {
    let left = signed();
    while (["*", "/", "@"].includes(sign())) {
      const { text: operator, at } = tokens[next++];
      left = { operator, left, right: signed(), at };
    }
    return left;
  }

  function signed() {
    if (sign() === "-" || sign() === "+") {
      const negative = tokens[next++].text === "-";
      const operand = signed();
      return negative ? { operator: "negative", operand } : operand;
    }
    return power();
  }

  function power() {
    const base = raised();
    if (sign() !== "^") {
      return base;
    }
    const { at } = tokens[next++];
    return { operator: "^", left: base, right: signed(), at };
  }

  function raised() {
    let base = transposed();
    while (tokens[next]?.kind === "raised") {
      const { number, at } = tokens[next++];
      base = { operator: "^", left: base, right: { number }, at };
    }
    return base;
  }

  function transposed() {
    let operand = atom();
    while (sign() === ".T") {
      next += 1;
      operand = { operator: "transpose", operand };
    }
    return operand;
  }

  function atom() {
    const token = tokens[next];
    if (token === undefined) {
      throw new FormulaError("something is missing at the end", text.length);
    }
    next += 1;
    if (token.kind === "number") {
      return { number: Number(token.text) };
    }
    if (token.kind === "name") {
      return sign() === "(" && !names.has(token.text) ? call(token) : named(token);
    }
    if (token.text === "(") {
      const inner = sum();
      expect(")");
      return inner;
    }
    if (token.text === "√" && functions.has("sqrt")) {
      return { function: "sqrt", operands: [atom()], at: token.at };
    }
    throw new FormulaError(`something is missing before ${token.text}`, token.at);
  }

  function call(token) {
    if (!functions.has(token.text)) {
      const known = closest(token.text, functions);
      throw new FormulaError(`there is no function ${token.text}${known ? `; did you mean ${known}?` : ""}`, token.at);
    }
    expect("(");
    const operands = [sum()];
    while (sign() === ",") {
      next += 1;
      operands.push(sum());
    }
    expect(")");
    return { function: token.text, operands, at: token.at };
  }

  function named(token) {
    if (names.has(token.text)) {
      return { name: names.get(token.text) };
    }
    if (Object.hasOwn(CONSTANTS, token.text)) {
      return { number: CONSTANTS[token.text] };
    }
    const bare = token.text.slice(0, -1);
    if (token.text.endsWith("ᵀ") && names.has(bare)) {
      return { operator: "transpose", operand: { name: names.get(bare) } };
    }
    const known = closest(token.text, names.keys());
    throw new FormulaError(`there is no ${token.text} in this network${known ? `; did you mean ${known}?` : ""}`, token.at);
  }

  if (!tokens.length) {
    throw new FormulaError("there is no formula yet", 0);
  }
  const tree = sum();
  if (next < tokens.length) {
    const token = tokens[next];
    const what = token.text === ")" ? "there is one ) too many" : `something like * is missing before ${token.text}`;
    throw new FormulaError(what, token.at);
  }
  return tree;
}

// The word that is at most two letters away from the one that was typed, if there is one.
function closest(word, known) {
  let best = "";
  let least = Math.min(3, word.length);
  for (const other of known) {
    const far = distance(word, other);
    if (far < least) {
      [best, least] = [other, far];
    }
  }
  return best;
}

function distance(one, other) {
  let before = Array.from({ length: other.length + 1 }, (_, k) => k);
  for (let i = 1; i <= one.length; i += 1) {
    const now = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const change = one[i - 1] === other[j - 1] ? 0 : 1;
      now[j] = Math.min(now[j - 1] + 1, before[j] + 1, before[j - 1] + change);
    }
    before = now;
  }
  return before[other.length];
}
