// What the page knows, and the places that show it.

// The state of the page: where the values are, what was told of the network, and who wants to know of a change.
function stateOf(told) {
  const start = startingValues(told.quantities, told.given);
  const known = new Map(told.quantities.filter(one => one.kind !== "gradient").map(one => [one.name, one]));
  const state = {
    told, start, known, values: { ...start }, rate: told.rate, example: 0, epoch: 0, losses: [], chosen: "",
    found: {}, links: null, listeners: [],
  };
  state.losses = [lossOf(state)];
  return state;
}

function lossOf(state) {
  return state.told.loss ? means(network, state.values, [state.told.loss])[state.told.loss] : NaN;
}

// Work everything out at the values, and tell all that show it.
function refresh(state) {
  const point = exampleOf(state.values, state.example);
  state.found = network.numbers(point);
  state.links = network.localDerivatives?.(state.found) ?? null;
  state.broken = brokenIn(state.values);
  state.listeners.forEach(listener => listener(state));
}

function brokenIn(values) {
  const found = new Set();
  for (let k = 0; k < exampleCount(values); k += 1) {
    network.brokenFacts(exampleOf(values, k)).forEach(fact => found.add(fact));
  }
  return [...found];
}

// The places of formulas: a negative number among others stands in brackets.
function placesIn(part) {
  return [...part.querySelectorAll("mn[data-of]")].map(element => {
    const before = element.previousElementSibling?.textContent ?? "";
    const after = element.nextElementSibling?.textContent ?? "";
    const alone = element.classList.contains("value") || element.classList.contains("gradient");
    return { element, name: element.dataset.of, bare: alone || ("(,".includes(before) && "),".includes(after) && before && after) };
  });
}

function showNumbers(part) {
  const places = placesIn(part);
  return state => {
    for (const { element, name, bare } of places) {
      const text = shown(state.found[name]);
      element.textContent = bare || !/[−×]/.test(text) ? text : `(${text})`;
    }
  };
}

// What is stated of the data and does not hold there.
function showStated(element) {
  return ({ broken }) => {
    element.hidden = !broken.length;
    element.textContent = broken.length
      ? `These values break what is stated of the data (${broken.join("; ")}); the gradients are right for no such data.`
      : "";
  };
}

// Numbers in drawings: the value of a name, and the derivative of the loss by it.
function showInDrawings() {
  const values = [...document.querySelectorAll("svg text.value[data-of]")];
  const slopes = [...document.querySelectorAll("svg text.gradient[data-of]")];
  return state => {
    const { told, found, links } = state;
    for (const element of values) {
      fillIfKnown(element, found[element.dataset.of]);
    }
    const known = links ? adjoints(links, told.loss) : new Map();
    for (const element of slopes) {
      const name = element.dataset.of;
      fillIfKnown(element, known.get(name) ?? found[told.signals[name]]);
    }
  };
}

function fillIfKnown(element, value) {
  if (value !== undefined) {
    element.textContent = shown(value, 4);
  }
}
