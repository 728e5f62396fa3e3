// A gradient that the reader types is compared with the derived one, at points that the reader sees.

function buildJudge(state, form, place) {
  const gradients = state.told.quantities.filter(one => one.kind === "gradient");
  const by = byId("judge-by");
  by.append(...gradients.map((one, k) => make("option", { value: String(k) }, spokenOf(state, one.name))));
  const field = byId("judge-formula");
  const names = spellings(state);
  const functions = callable(network.localDerivatives === null);
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

// The points: where the values are now, if nothing that is stated is broken there, and those of the page.
function pointsOf(state) {
  const now = exampleOf(state.values, state.example);
  const here = network.brokenFacts(now).length ? [] : [{ title: "now", values: now }];
  return [...here, ...state.told.points.map((values, k) => ({ title: `point ${k + 1}`, values }))];
}

function comparedAt(point, tree, gradient) {
  const found = network.numbers(point.values);
  return { point, ...compared(typedAt(tree, found), gridAt(gradient.entries, found), "the gradient") };
}

function verdictOn(state, tree, gradient) {
  const rows = pointsOf(state).map(point => comparedAt(point, tree, gradient)).filter(one => one.usable);
  const wrong = rows.filter(one => !one.same);
  const where = wrong.map(one => one.point.title).join(", ");
  const text = !rows.length
    ? "There is no point at which the gradient is a number."
    : wrong.length
      ? `Wrong: it differs from ${gradient.spoken} at ${wrong.length} of ${rows.length} points (${where}).`
      : `Right at all ${rows.length} points, as far as numbers tell. symbackprop verify proves it.`;
  return [
    make("p", { class: wrong.length || !rows.length ? "wrong-answer" : "right-answer" }, text),
    tableOf(state, rows, gradient.spoken),
  ];
}
