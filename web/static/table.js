// A reply's table: sorted on demand, copied as CSV.

import { announce, columnName, icon, lang, make, say } from "./dom.js";
import { exactCell, formatIn } from "./format.js";

const COPY = "M7 7V4.5A1.5 1.5 0 0 1 8.5 3h7A1.5 1.5 0 0 1 17 4.5v7a1.5 1.5 0 0 1-1.5 1.5H13M4.5 7h7A1.5 1.5 0 0 1 13 8.5v7a1.5 1.5 0 0 1-1.5 1.5h-7A1.5 1.5 0 0 1 3 15.5v-7A1.5 1.5 0 0 1 4.5 7Z";
const order = new Intl.Collator(lang === "zh" ? "zh-CN" : "en", { numeric: true });

/** Whether a column is set to the right. */
function isNumber(table, place) {
  const unit = table.columns[place].unit;
  if (unit && unit !== "date") return true;
  const values = table.rows.map((row) => row[place]).filter((value) => value !== null);
  return values.length > 0 && values.every((value) => typeof value === "number");
}

function compare(left, right) {
  if (left === null || right === null) return (left === null) - (right === null);
  if (typeof left === "number" && typeof right === "number") return left - right;
  return order.compare(String(left), String(right));
}

function bodyRow(table, row, numeric) {
  const cells = row.map((value, place) => {
    const column = table.columns[place];
    const kind = numeric[place] ? "number" : column.unit === "date" ? "date" : null;
    const attributes = { class: kind, title: exactCell(value, column.unit) };
    const first = place === 0 && !numeric[0];
    return make(first ? "th" : "td", first ? { ...attributes, scope: "row" } : attributes, formatIn(column, value));
  });
  return make("tr", {}, cells);
}

function csvCell(value) {
  let text = value === null ? "" : String(value);
  // A spreadsheet would run text that begins like a formula.
  if (typeof value === "string" && /^[=+\-@\t]/.test(text)) text = `'${text}`;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The table as CSV with exact values. */
export function toCsv(table) {
  const lines = [table.columns.map((column) => columnName(column.name)), ...table.rows];
  return lines.map((line) => line.map(csvCell).join(",")).join("\r\n");
}

async function copyText(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = make("textarea", { class: "hidden" });
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error("copy");
}

function copyButton(table) {
  const label = make("span", {}, say("copy_csv"));
  const copy = async () => {
    try {
      await copyText(toCsv(table));
      label.textContent = say("copied");
    } catch {
      label.textContent = say("copy_failed");
    }
    announce(label.textContent);
    setTimeout(() => { label.textContent = say("copy_csv"); }, 2500);
  };
  return make("button", { type: "button", class: "quiet copy", onclick: copy }, icon(COPY), label);
}

function sortable(table, fill, numeric) {
  const heads = [];
  const sort = (place) => {
    const before = heads[place].getAttribute("aria-sort");
    const down = before ? before === "ascending" : numeric[place];
    heads.forEach((head) => head.removeAttribute("aria-sort"));
    heads[place].setAttribute("aria-sort", down ? "descending" : "ascending");
    fill(table.rows.toSorted((left, right) => (down ? -1 : 1) * compare(left[place], right[place])));
  };
  table.columns.forEach((column, place) => {
    const name = columnName(column.name);
    const button = make("button", { type: "button", title: say("sort_by", { column: name }), onclick: () => sort(place) }, name);
    heads.push(make("th", { scope: "col", class: numeric[place] ? "number" : null }, button));
  });
  return make("thead", {}, make("tr", {}, heads));
}

/** The table with its head that sorts and its foot that copies. */
export function showTable(table) {
  const numeric = table.columns.map((_, place) => isNumber(table, place));
  const body = make("tbody");
  const fill = (rows) => body.replaceChildren(...rows.map((row) => bodyRow(table, row, numeric)));
  fill(table.rows);
  const caption = say("table", { rows: table.rows.length });
  const grid = make("table", { "aria-label": caption }, sortable(table, fill, numeric), body);
  const note = table.truncated ? say("truncated") : caption;
  return make("div", { class: "sheet" },
    make("div", { class: "sheet-scroll", tabindex: "0", role: "group", "aria-label": caption }, grid),
    make("div", { class: "sheet-end" }, make("span", { class: "note" }, note), copyButton(table)));
}
