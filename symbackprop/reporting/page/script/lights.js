// A weight is chosen, and its routes light up: in words, in the tables, and in a drawing if there is one.

function buildRoutes(state, weights, place) {
  const buttons = new Map();
  for (const one of state.told.quantities.filter(each => each.kind === "gradient")) {
    const button = make("button", { type: "button", "aria-pressed": "false", "data-weight": one.name });
    button.textContent = spokenOf(state, one.name);
    button.addEventListener("click", () => choose(one.name));
    buttons.set(one.name, button);
    weights.append(button);
  }
  for (const node of document.querySelectorAll("svg .node[data-name]")) {
    if (buttons.has(node.dataset.name)) {
      // Drawings are hidden from readers of screens, who have the buttons: here a click is enough.
      node.classList.add("choosable");
      node.addEventListener("click", () => choose(node.dataset.name));
    }
  }

  function choose(name) {
    state.chosen = state.chosen === name ? "" : name;
    buttons.forEach((button, of) => button.setAttribute("aria-pressed", String(of === state.chosen)));
    showRoutes(state);
  }

  function showRoutes({ chosen, links, told, found }) {
    place.replaceChildren();
    light(new Set(), []);
    if (!chosen) {
      return;
    }
    const routes = routesFrom(chosen, links, told.loss);
    const count = routeCount(chosen, links, told.loss);
    light(new Set(routes.flatMap(route => route.names)), routes);
    place.append(...wordsOf(state, routes, count, found));
  }

  state.listeners.push(showRoutes);
}

// Each route with the product of its derivatives, and their sum.
function wordsOf(state, routes, count, found) {
  const items = routes.map(({ names, product }) => {
    const factors = names.slice(1).map((user, k) => shown(state.links[names[k]][user], 4)).map(bracketed);
    const way = names.map(name => spokenOf(state, name)).join(" → ");
    return make("li", {}, `${way}: ${factors.join(" · ")} = ${shown(product)}`);
  });
  const one = state.told.quantities.find(each => each.kind === "gradient" && each.name === state.chosen);
  const sum = `${one.spoken} = ${shown(found[one.entries[0][0]])}`;
  const many = count === 1 ? "One route: " : `${count} routes add up to `;
  const rest = count > routes.length ? [make("p", {}, `The first ${routes.length} of them are shown.`)] : [];
  return [make("ul", {}, ...items), ...rest, make("p", {}, count ? `${many}${sum}.` : `No route: ${sum}.`)];
}

const bracketed = text => (text.startsWith("−") ? `(${text})` : text);

function light(names, routes) {
  for (const row of document.querySelectorAll("#live tr[data-row]")) {
    row.classList.toggle("lit", row.dataset.kind === "value" && names.has(row.dataset.row));
  }
  const edges = new Set(routes.flatMap(({ names: way }) => way.slice(1).map((user, k) => `${way[k]} ${user}`)));
  for (const node of document.querySelectorAll("svg .node[data-name]")) {
    node.classList.toggle("on", names.has(node.dataset.name));
  }
  for (const edge of document.querySelectorAll("svg .edge[data-from]")) {
    edge.classList.toggle("on", edges.has(`${edge.dataset.from} ${edge.dataset.to}`));
  }
}
