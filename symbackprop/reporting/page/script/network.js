// The network at its values: one example at a time, or the mean over several.

// Values of all entries, by name, from what is given: a number, one number for each example, or rows of a matrix.
function startingValues(quantities, given) {
  const values = {};
  for (const { name, kind, entries } of quantities) {
    if (!["input", "target", "parameter"].includes(kind)) {
      continue;
    }
    const start = given[name];
    const isMatrix = entries.length > 1 || entries[0].length > 1 || Array.isArray(start?.[0]);
    if (isMatrix) {
      entries.forEach((row, i) => row.forEach((entry, j) => {
        values[entry] = start[i][j];
      }));
    } else {
      values[entries[0][0]] = Array.isArray(start) ? [...start] : start;
    }
  }
  return values;
}

function exampleCount(values) {
  return Math.max(1, ...Object.values(values).filter(Array.isArray).map(list => list.length));
}

function exampleOf(values, k) {
  return Object.fromEntries(Object.entries(values).map(([name, v]) => [name, Array.isArray(v) ? v[k] : v]));
}

// The mean over the examples of each name asked for.
function means(source, values, names) {
  const count = exampleCount(values);
  const sums = new Array(names.length).fill(0);
  for (let k = 0; k < count; k += 1) {
    const found = source.numbers(exampleOf(values, k));
    names.forEach((name, at) => {
      sums[at] += found[name];
    });
  }
  return Object.fromEntries(names.map((name, at) => [name, sums[at] / count]));
}

// One step of gradient descent: new values, the old ones left as they are. ``moves`` are pairs of weight and gradient.
function descended(source, values, moves, rate) {
  const gradients = means(source, values, moves.map(([, gradient]) => gradient));
  const next = { ...values };
  for (const [weight, gradient] of moves) {
    next[weight] = values[weight] - rate * gradients[gradient];
  }
  return next;
}

// The weights of the network, entry by entry, each with the entry of its gradient.
function movesOf(quantities) {
  const weights = new Map(quantities.filter(one => one.kind === "parameter").map(one => [one.name, one.entries]));
  return quantities.filter(one => one.kind === "gradient" && weights.has(one.name)).flatMap(one =>
    weights.get(one.name).flatMap((row, i) => row.map((entry, j) => [entry, one.entries[i][j]])));
}
