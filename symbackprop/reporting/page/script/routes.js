// Routes from a name to the loss, and what each contributes to the gradient.

const MOST_ROUTES = 40;

// ``links`` has for each name the names that use it, with the local derivatives. At most ``most`` routes are listed.
function routesFrom(name, links, loss, most = MOST_ROUTES) {
  const found = [];
  const walk = (names, product) => {
    const last = names[names.length - 1];
    if (last === loss) {
      found.push({ names, product });
      return;
    }
    for (const [user, derivative] of Object.entries(links[last] ?? {})) {
      if (found.length < most) {
        walk([...names, user], product * derivative);
      }
    }
  };
  walk([name], 1);
  return found;
}

// The derivative of the loss by every name on the way.
function adjoints(links, loss) {
  const known = new Map([[loss, 1]]);
  const adjoint = name => {
    if (!known.has(name)) {
      known.set(name, Object.entries(links[name] ?? {}).reduce((sum, [user, d]) => sum + d * adjoint(user), 0));
    }
    return known.get(name);
  };
  Object.keys(links).forEach(adjoint);
  return known;
}

// How many routes there are, told without listing them.
function routeCount(name, links, loss) {
  const known = new Map([[loss, 1]]);
  const count = at => {
    if (!known.has(at)) {
      known.set(at, Object.keys(links[at] ?? {}).reduce((sum, user) => sum + count(user), 0));
    }
    return known.get(at);
  };
  return count(name);
}
