// An escalation as lists show it: where, who, by when, why, in the customer's words, and what to do about it.

import { Acts, isOpen } from "./acts.js";
import { make, now, say } from "./dom.js";
import { formatMoment } from "./format.js";
import { kindChip, kindClass, nameOf, placeOf } from "./parts.js";

const QUOTES = 2;

/** How it stands, in words. */
export function stateOf(item) {
  if (item.state === "resolved") return say(`esc.state_resolved_${item.outcome}`);
  if (item.state === "scheduled" && !item.person) return say("esc.state_nobody");
  return say(`esc.state_${item.state}`, { person: item.person ?? "", when: item.snoozed_until ? formatMoment(item.snoozed_until) : "" });
}

/** Why, as a chip; a reason in somebody's own words as they wrote it. */
export function causeOf(item) {
  return kindClass(item.cause) === "kind-other" ? make("span", { class: "signal-kind kind-other cause" }, item.cause) : kindChip(item.cause);
}

/** Until when, and whether that is over. */
export function dueOf(item) {
  const over = isOpen(item) && item.state !== "accepted" && new Date(item.due) < now();
  return make("span", { class: over ? "due bad" : "due" }, say(over ? "esc.overdue" : "esc.by", { when: formatMoment(item.due) }),
    item.appointment ? ` · ${say("esc.appointment", { when: formatMoment(item.appointment) })}` : null);
}

/** Whose wish it was. */
export function originOf(item) {
  const asked = item.asked_by ? say("esc.asked_by", { name: item.asked_by }) : say("esc.opened_by", { trigger: nameOf("trigger", item.trigger) });
  const other = item.confirmed_by && item.confirmed_by !== item.asked_by ? say("esc.confirmed_by", { name: item.confirmed_by }) : null;
  return [asked, other, item.owner && say("esc.owner", { name: item.owner })].filter(Boolean).join(" · ");
}

/** What the customer said, each leading to where it was said. */
export function quotesOf(evidence) {
  return make("ul", { class: "quotes" }, evidence.map((one) => {
    const address = placeOf(one);
    const inside = [make("q", {}, one.quote), one.at ? make("span", { class: "note" }, formatMoment(one.at)) : null];
    return make("li", {}, address ? make("a", { class: "source", href: address }, inside) : make("div", { class: "source" }, inside));
  }));
}

/** What is proposed, in a sentence. */
export function proposalText(item) {
  const verb = item.proposed.merges ? "merges" : item.proposed.verb;
  return say(`proposal.${verb}`, { person: item.person ?? "", account: item.account });
}

/** One card; after something was done it shows what became of it, and `changed` is told. */
export function card(item, { changed = () => {} } = {}) {
  const element = make("li", { class: "row card" });
  const show = (one) => {
    const proposed = one.state === "proposed";
    const title = proposed ? proposalText(one) : say("esc.at", { role: nameOf("role", one.role), account: one.account });
    const rest = one.evidence.length - QUOTES;
    element.dataset.state = one.state;
    element.classList.toggle("asks-me", one.asks_me && one.state === "scheduled");
    element.replaceChildren(
      make("div", { class: "card-head" }, make("a", { class: "row-title", href: `/escalations/${one.id}` }, title), make("span", { class: "card-state" }, stateOf(one))),
      make("p", { class: "tags" }, causeOf(one), dueOf(one)),
      one.note ? make("p", { class: "excerpt" }, one.note) : "",
      one.evidence.length ? quotesOf(one.evidence.slice(0, QUOTES)) : "",
      rest > 0 ? make("p", { class: "note" }, say("esc.more_evidence", { count: rest })) : "",
      make("p", { class: "note" }, originOf(one)),
      new Acts(one, { changed: (next) => { show(next); element.querySelector("a").focus(); changed(next); } }).element);
  };
  show(item);
  return element;
}
