// A slider and a field for every number that can be moved.

const GROUPS = [["input", "Inputs"], ["target", "Targets"], ["parameter", "Weights"]];
const FEW = 4;

function buildControls(state, place) {
  const moved = () => {
    state.losses[state.epoch] = lossOf(state);
    refresh(state);
  };
  const fields = [];
  const wholes = [];
  for (const [kind, title] of GROUPS) {
    const group = state.told.quantities.filter(one => one.kind === kind);
    if (!group.length) {
      continue;
    }
    const controls = group.map(one => controlsOf(state, one, fields, moved));
    const many = controls.reduce((sum, one) => sum + one.childElementCount, 0) > FEW;
    const whole = make("fieldset", many ? { class: "grid" } : {}, make("legend", {}, title));
    whole.append(make("div", { class: "entries" }, ...controls.flatMap(one => [...one.children])));
    wholes.push(whole);
  }
  const how = make("fieldset", {}, make("legend", {}, "How"));
  if (state.told.loss) {
    how.append(rateControl(state));
  }
  if (exampleCount(state.values) > 1) {
    how.append(exampleControl(state));
  }
  if (how.children.length > 1) {
    wholes.push(how);
  }
  place.append(...wholes.filter(one => !one.className), ...wholes.filter(one => one.className));
  state.listeners.push(() => fields.forEach(field => field.show()));
}

function controlsOf(state, one, fields, moved) {
  const many = one.entries.length > 1 || one.entries[0].length > 1;
  const place = make("div");
  one.entries.forEach((row, i) => row.forEach((entry, j) => {
    const label = many ? `${one.spoken}[${one.entries.length > 1 ? `${i + 1},` : ""}${j + 1}]` : one.spoken;
    const read = () => (Array.isArray(state.values[entry]) ? state.values[entry][state.example] : state.values[entry]);
    const write = value => {
      if (Array.isArray(state.values[entry])) {
        const list = [...state.values[entry]];
        list[state.example] = value;
        state.values[entry] = list;
      } else {
        state.values[entry] = value;
      }
      moved();
    };
    const field = numberControl(entry, label, read, write);
    fields.push(field);
    place.append(field.element);
  }));
  return place;
}

// A label, a field for the exact number, and a slider around where it is at the start.
function numberControl(key, label, read, write) {
  const start = read();
  const reach = Math.max(2, 2 * Math.abs(start));
  const field = make("input", { type: "number", step: "any", id: `number-${key}` });
  const slider = make("input", {
    type: "range", min: String(Math.floor(start - reach)), max: String(Math.ceil(start + reach)), step: "0.01",
    id: `slider-${key}`, "aria-label": `${label}, slider`,
  });
  field.addEventListener("input", () => take(field.valueAsNumber));
  slider.addEventListener("input", () => take(slider.valueAsNumber));
  function take(value) {
    field.toggleAttribute("aria-invalid", !Number.isFinite(value));
    if (Number.isFinite(value)) {
      write(value);
    }
  }
  function show() {
    const value = read();
    if (document.activeElement !== field) {
      field.value = String(Number(value.toPrecision(6)));
    }
    if (document.activeElement !== slider) {
      slider.value = String(value);
    }
  }
  show();
  const element = make("div", { class: "control" }, make("label", { for: field.id }, label), field, slider);
  return { element, show };
}

function rateControl(state) {
  const read = () => state.rate;
  const control = numberControl("rate", "η", read, value => {
    state.rate = value;
  });
  const [label, , slider] = control.element.children;
  label.setAttribute("title", "learning rate");
  slider.min = "0";
  slider.setAttribute("aria-label", "learning rate, slider");
  slider.addEventListener("input", control.show);
  return control.element;
}

function exampleControl(state) {
  const chosen = make("select", { id: "example" });
  for (let k = 0; k < exampleCount(state.values); k += 1) {
    chosen.append(make("option", { value: String(k) }, `example ${k + 1}`));
  }
  chosen.addEventListener("change", () => {
    state.example = Number(chosen.value);
    refresh(state);
  });
  const all = exampleCount(state.values);
  return make("label", {}, "numbers of ", chosen, ` (the loss is the mean over all ${all}, and so are steps)`);
}
