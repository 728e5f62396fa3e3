// Small words for what every part of the page does.

function byId(id) {
  return document.getElementById(id);
}

// An element with attributes and children, which are elements or text; text is never read as HTML.
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

function drawn(tag, attributes, text = "") {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, value);
  }
  element.textContent = text;
  return element;
}

const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

// A number as reports write it: six digits, and powers of ten where it is very small or very large.
function shown(value, digits = 6) {
  if (!Number.isFinite(value)) {
    return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞";
  }
  if (value === 0) {
    return "0";
  }
  const power = Number(value.toExponential(digits - 1).split("e")[1]);
  if (power < -4 || power >= digits) {
    const mantissa = String(Number(value.toExponential(digits - 1).split("e")[0]));
    const raised = String(Math.abs(power)).split("").map(digit => RAISED[digit]).join("");
    return `${mantissa}×10${power < 0 ? "⁻" : ""}${raised}`.replace("-", "−");
  }
  return String(Number(value.toPrecision(digits))).replace("-", "−");
}
