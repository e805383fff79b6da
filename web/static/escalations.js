// The page of escalations: who is asked to step in where, and whether it was worth it.

import { ask, showRefused } from "./api.js";
import { asking } from "./asking.js";
import { card } from "./cards.js";
import { make, say } from "./dom.js";
import { formatShare } from "./format.js";
import { wireFrame } from "./nav.js";
import { nameOf, nothing, pagedList, section } from "./parts.js";

const STATES = { open: ["proposed", "scheduled", "accepted", "snoozed"], closed: ["resolved", "cancelled"] };
const page = document.getElementById("page");
const place = make("div", {}), told = make("div", {});
const shown = { which: "open", whose: "all" };
let list = null;

function choices(name, values) {
  return make("div", { class: "chips", role: "group", "aria-label": say(`esc.${name}`) }, values.map(([value, words]) => {
    const button = make("button", { type: "button", class: "chip", "aria-pressed": String(shown[name] === value), onclick: () => {
      shown[name] = value;
      for (const one of button.parentElement.children) one.setAttribute("aria-pressed", String(one === button));
      fill();
    } }, say(words));
    return button;
  }));
}

function fill() {
  const query = new URLSearchParams([...STATES[shown.which].map((state) => ["state", state]), ["whose", shown.whose]]);
  list = pagedList(`/api/escalations?${query}`, (item) => card(item, { changed: tell }), {
    label: say("esc.list"), empty: () => nothing(say(shown.which === "open" ? "esc.none" : "esc.none_closed")),
  });
  place.replaceChildren(list);
}

function precisionRow(one) {
  const closed = one.useful + one.not_useful;
  return make("tr", {}, make("th", { scope: "row" }, nameOf("trigger", one.trigger), one.mostly_wrong ? make("span", { class: "tag wrong" }, say("precision.wrong")) : null),
    make("td", { class: "number" }, String(one.fired)),
    make("td", {}, closed ? `${formatShare(one.share)} · ${say("precision.share", { useful: one.useful, told: closed })}` : say("precision.untold")));
}

async function tell() {
  try {
    const { items } = await ask("/api/escalations/precision");
    const heads = ["precision.trigger", "precision.opened", "precision.useful"];
    told.replaceChildren(items.length
      ? make("table", { class: "grid" }, make("thead", {}, make("tr", {}, heads.map((key) => make("th", { scope: "col" }, say(key))))), make("tbody", {}, items.map(precisionRow)))
      : nothing(say("precision.none")));
  } catch (error) { told.replaceChildren(showRefused(error, tell)); }
}

function start() {
  wireFrame();
  page.append(make("p", { class: "lead" }, say("esc.lead")), asking({ done: () => { list.reload(); tell(); } }),
    make("div", { class: "filters" }, choices("which", [["open", "esc.open"], ["closed", "esc.closed"]]), choices("whose", [["all", "esc.team"], ["mine", "esc.mine"]])),
    place, section(say("precision.title"), {}, make("p", { class: "note" }, say("precision.lead")), told));
  fill();
  tell();
  page.setAttribute("aria-busy", "false");
}

start();
