// One reply, as people read it: words, what it set going, chart, table, receipts, what to ask next.

import { showActions } from "./actions.js";
import { columnName, make, say } from "./dom.js";
import { showFeedback } from "./feedback.js";
import { formatCell, formatSeconds } from "./format.js";
import { showProse } from "./prose.js";
import { showReceipts } from "./receipt.js";
import { showSources } from "./sources.js";
import { showTable } from "./table.js";

const ENDED_WITHOUT_NUMBERS = new Set(["empty", "forbidden", "undefined", "clarify"]);

/** What the chart shows, for who does not see it. */
function chartText(reply) {
  const { chart, table } = reply;
  const place = table.columns.findIndex((column) => column.name === chart.y);
  const values = table.rows.map((row) => row[place]).filter((value) => typeof value === "number");
  const shown = (value) => formatCell(value, table.columns[place].unit);
  return say(chart.kind === "line" ? "chart_line" : "chart_bar", {
    x: columnName(chart.x), y: columnName(chart.y), count: values.length,
    low: shown(Math.min(...values)), high: shown(Math.max(...values)),
  });
}

function showChart(reply) {
  const address = (theme, size) =>
    `/api/chat/turns/${encodeURIComponent(reply.turn_id)}/chart.svg?lang=${reply.lang}&theme=${theme}&size=${size}`;
  const dark = "(prefers-color-scheme: dark)", narrow = "(max-width: 560px)";
  const image = make("img", { src: address("light", "wide"), alt: chartText(reply), decoding: "async" });
  const figure = make("figure", { class: "chart" }, make("picture", {},
    make("source", { media: `${narrow} and ${dark}`, srcset: address("dark", "narrow") }),
    make("source", { media: narrow, srcset: address("light", "narrow") }),
    make("source", { media: dark, srcset: address("dark", "wide") }), image));
  image.addEventListener("load", () => figure.classList.add("drawn"));
  image.addEventListener("error", () => figure.replaceChildren(make("p", { class: "note" }, say("chart_failed"))));
  return figure;
}

function showNext(suggestions, ask) {
  const chips = suggestions.map((text) => make("li", {}, make("button", { type: "button", class: "chip", onclick: () => ask(text) }, text)));
  return make("div", { class: "next" }, make("p", { class: "small" }, say("next")), make("ul", { class: "chips" }, chips));
}

/** Fill `article` with a whole reply; `last` is the newest one, which offers what to ask next. */
export function showReply(article, reply, { ask, thumb = null, last = true }) {
  article.setAttribute("lang", reply.lang === "zh" ? "zh-CN" : "en");
  article.dataset.status = reply.status;
  const parts = [];
  if (ENDED_WITHOUT_NUMBERS.has(reply.status)) {
    parts.push(make("p", { class: `kind ${reply.status}` }, say(`status_${reply.status}`)));
  }
  parts.push(showProse(reply.text));
  if (reply.actions.length) parts.push(showActions(reply.actions));
  if (reply.table && reply.chart) parts.push(showChart(reply));
  if (reply.table && reply.table.rows.length) parts.push(showTable(reply.table));
  if (reply.receipts.length) parts.push(showReceipts(reply.receipts));
  if (reply.sources.length) parts.push(showSources(reply.sources));
  parts.push(showFeedback({ ...reply, took: formatSeconds(reply.took_ms) }, thumb));
  if (last && reply.suggestions.length) parts.push(showNext(reply.suggestions, ask));
  article.replaceChildren(...parts);
  article.setAttribute("aria-busy", "false");
}
