// Small helpers: elements are built from text, never from markup.

const data = JSON.parse(document.getElementById("data").textContent);

export const lang = data.lang;
export const currency = data.currency;
export const companyZone = data.zone;

const ahead = new Date(data.now).getTime() - Date.now();

/** The time by the server's clock. */
export function now() {
  return new Date(Date.now() + ahead);
}

/** The phrase under `key`, with its {parameters} filled in. */
export function say(key, params = {}) {
  return (data.words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => params[name] ?? whole);
}

/** What a column is called. */
export function columnName(name) {
  const words = data.columns[name] ?? name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What a value of a column is called: regions and stages have names in each language. */
export function valueName(column, value) {
  return data.columns[`${column}=${value}`] ?? value;
}

/** The value of a column that is called `name`, or `name` itself. */
export function valueCalled(column, name) {
  const found = Object.entries(data.columns).find(([key, words]) => key.startsWith(`${column}=`) && words.toLowerCase() === name.toLowerCase());
  return found ? found[0].slice(column.length + 1) : name;
}

/** An element with attributes (or `on…` listeners) and children; strings become text. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child != null && child !== false));
  return element;
}

/** A line drawing of one path. */
export function icon(path, turned = false) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(space, "path");
  line.setAttribute("d", path);
  if (turned) line.setAttribute("transform", "rotate(180 10 10)");
  svg.append(line);
  return svg;
}

/** Tell people who listen to the page. */
export function announce(text) {
  document.getElementById("announce").textContent = text;
}
