// Arithmetic of numbers and matrices, as NumPy has it: * and / entry by entry, @ for the product of matrices.

// What was typed can be read, and its matrices do not fit one another.
class ShapeError extends FormulaError {}

const scalar = value => ({ rows: 1, columns: 1, entries: [value] });

function spread(one, rows, columns) {
  if ((one.rows !== 1 && one.rows !== rows) || (one.columns !== 1 && one.columns !== columns)) {
    throw new ShapeError(`shapes ${sizeOf(one)} and ${rows}×${columns} do not fit; the product of matrices is @`);
  }
  return (i, j) => one.entries[(one.rows === 1 ? 0 : i) * one.columns + (one.columns === 1 ? 0 : j)];
}

const sizeOf = one => `${one.rows}×${one.columns}`;

function filled(rows, columns, entry) {
  const entries = [];
  for (let i = 0; i < rows; i += 1) {
    for (let j = 0; j < columns; j += 1) {
      entries.push(entry(i, j));
    }
  }
  return { rows, columns, entries };
}

function entryByEntry(work, ...operands) {
  const rows = Math.max(...operands.map(one => one.rows));
  const columns = Math.max(...operands.map(one => one.columns));
  const at = operands.map(one => spread(one, rows, columns));
  return filled(rows, columns, (i, j) => work(...at.map(entry => entry(i, j))));
}

function multiplied(left, right) {
  if (left.columns !== right.rows) {
    throw new ShapeError(`${sizeOf(left)} @ ${sizeOf(right)} does not fit: ${left.columns} is not ${right.rows}`);
  }
  return filled(left.rows, right.columns, (i, j) => {
    let total = 0;
    for (let k = 0; k < left.columns; k += 1) {
      total += left.entries[i * left.columns + k] * right.entries[k * right.columns + j];
    }
    return total;
  });
}

const transpose = one => filled(one.columns, one.rows, (i, j) => one.entries[j * one.columns + i]);
const total = one => scalar(one.entries.reduce((sum, x) => sum + x, 0));
const ones = (rows, columns) => filled(rows, columns, () => 1);
const rowsum = one => multiplied(one, ones(one.columns, 1));
const colsum = one => multiplied(ones(1, one.rows), one);
const scaled = (one, factor) => entryByEntry(x => x * factor, one);

const OF_MATRICES = {
  sum: total, total, rowsum, colsum, transpose,
  mean: one => scaled(total(one), 1 / one.entries.length),
  rowmean: one => scaled(rowsum(one), 1 / one.columns),
  colmean: one => scaled(colsum(one), 1 / one.rows),
};

const ARITHMETIC = {
  "+": (x, y) => x + y, "-": (x, y) => x - y, "*": (x, y) => x * y, "/": (x, y) => x / y, "^": (x, y) => Math.pow(x, y),
};

// What the tree of a formula comes to; ``value`` gives the array of a name, ``functions`` those of numbers.
function valueOf(tree, value, functions) {
  if (tree.number !== undefined) {
    return scalar(tree.number);
  }
  if (tree.name !== undefined) {
    return value(tree.name);
  }
  if (tree.function !== undefined) {
    const operands = tree.operands.map(operand => valueOf(operand, value, functions));
    if (Object.hasOwn(OF_MATRICES, tree.function)) {
      return OF_MATRICES[tree.function](operands[0]);
    }
    return entryByEntry(functions[tree.function], ...operands);
  }
  if (tree.operator === "negative") {
    return entryByEntry(x => -x, valueOf(tree.operand, value, functions));
  }
  if (tree.operator === "transpose") {
    return transpose(valueOf(tree.operand, value, functions));
  }
  const [left, right] = [tree.left, tree.right].map(part => valueOf(part, value, functions));
  return tree.operator === "@" ? multiplied(left, right) : entryByEntry(ARITHMETIC[tree.operator], left, right);
}
