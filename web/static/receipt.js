// Receipts: where each number came from.

import { columnName, make, say } from "./dom.js";
import { formatCell, formatDay, formatMoment } from "./format.js";

function periodText(period) {
  if (!period) return say("all_time");
  const days = period.from === period.to ? formatDay(period.from) : `${formatDay(period.from)} – ${formatDay(period.to)}`;
  return period.label && period.label !== days ? `${period.label} (${days})` : days;
}

function filterText(filters) {
  const each = Object.entries(filters).map(([name, values]) => `${columnName(name)}: ${values.join(", ")}`);
  return each.join("; ") || say("none");
}

function line(key, value, attributes = {}) {
  return [make("dt", {}, say(key)), make("dd", attributes, value)];
}

function showReceipt(receipt) {
  return make("div", { class: "receipt" }, make("dl", {},
    line("r_metric", columnName(receipt.metric)),
    line("r_definition", receipt.definition),
    line("r_period", periodText(receipt.period)),
    receipt.compared_with ? line("r_compared", periodText(receipt.compared_with)) : [],
    line("r_filters", filterText(receipt.filters)),
    receipt.group_by.length ? line("r_group", receipt.group_by.map(columnName).join(", ")) : [],
    line("r_scope", receipt.scope),
    line("r_rows", formatCell(receipt.rows, null)),
    line("r_as_of", formatMoment(receipt.as_of)),
    line("r_query", receipt.query_id, { class: "code" })));
}

/** All receipts of a reply, closed until opened. */
export function showReceipts(receipts) {
  const title = receipts.length === 1 ? say("receipt") : say("receipts", { count: receipts.length });
  return make("details", { class: "receipts" }, make("summary", {}, title), receipts.map(showReceipt));
}
