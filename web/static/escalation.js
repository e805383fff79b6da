// The page of one escalation: how it stands, who is asked when, what the customer said, what happened.

import { Acts } from "./acts.js";
import { ask, showRefused } from "./api.js";
import { causeOf, dueOf, originOf, proposalText, quotesOf, stateOf } from "./cards.js";
import { make, say } from "./dom.js";
import { formatMoment } from "./format.js";
import { wireFrame } from "./nav.js";
import { nameOf, section } from "./parts.js";

const page = document.getElementById("page");
const id = location.pathname.split("/").pop();

function step(one) {
  const words = one.fired ? say("esc.step_fired", { when: formatMoment(one.fired) }) : one.cancelled ? say("esc.step_cancelled") : say("esc.step_due", { when: formatMoment(one.due) });
  return make("li", { class: one.fired ? "done" : one.cancelled ? "dropped" : "later" }, make("span", { class: "row-title" }, one.person ?? "–"), make("span", { class: "note" }, words));
}

/** Steps that came to nothing because another way was taken are not worth reading. */
function ladder(item) {
  const steps = item.ladder.filter((one) => one.fired || !one.cancelled);
  return steps.length ? section(say("esc.ladder"), {}, make("ol", { class: "ladder" }, steps.map(step))) : null;
}

function entry(one) {
  const after = one.detail.after ?? {};
  const what = say(`happened.${one.action}`, { person: after.person ?? "" });
  const who = one.actor ?? say("dealhand"), when = formatMoment(one.at);
  const channel = one.channel && one.channel !== "console" ? nameOf("channel", one.channel) : null;
  return make("li", {}, make("span", { class: "row-title" }, what), make("span", { class: "note" }, channel ? say("esc.history_via", { who, when, channel }) : say("esc.history_by", { who, when })),
    after.note ? make("p", { class: "excerpt" }, after.note) : null);
}

function head(item) {
  const title = item.state === "proposed" ? proposalText(item) : say("esc.at", { role: nameOf("role", item.role), account: item.account });
  document.title = `${title} · ${say("dealhand")}`;
  return make("header", { class: "page-head" },
    make("p", { class: "crumb" }, make("a", { href: "/escalations" }, say("title.escalations"))),
    make("h1", { tabindex: "-1" }, title),
    make("p", { class: "state-line" }, stateOf(item)),
    make("p", { class: "tags" }, causeOf(item), dueOf(item)),
    make("p", { class: "note" }, make("a", { href: `/accounts/${item.account_id}` }, item.account), ` · ${originOf(item)}`),
    item.note ? make("p", { class: "about" }, item.note) : null,
    item.outcome_note ? make("p", { class: "about" }, item.outcome_note) : null);
}

function show(item) {
  const calendar = item.appointment && item.state !== "proposed" ? make("a", { class: "quiet-link", href: `/api/escalations/${item.id}/calendar`, download: true }, say("esc.calendar")) : null;
  page.replaceChildren(head(item), new Acts(item, { changed: become }).element, calendar ?? "",
    section(say("esc.evidence"), {}, item.evidence.length ? quotesOf(item.evidence) : make("p", { class: "note" }, say("esc.no_evidence"))),
    ladder(item) ?? "",
    item.state === "proposed" ? "" : section(say("esc.history"), {}, make("ol", { class: "history" }, item.history.map(entry))));
  page.setAttribute("aria-busy", "false");
}

/** A proposal that was confirmed goes on as an escalation with an address of its own. */
function become(item) {
  if (item.id !== id && !["declined", "expired"].includes(item.state)) { location.assign(`/escalations/${item.id}`); return; }
  show(item);
  page.querySelector("h1").focus();
}

async function start() {
  wireFrame();
  try {
    show(await ask(`/api/escalations/${encodeURIComponent(id)}`));
  } catch (error) {
    page.replaceChildren(showRefused(error, () => location.reload()), make("p", {}, make("a", { href: "/escalations" }, say("title.escalations"))));
    page.setAttribute("aria-busy", "false");
  }
}

start();
