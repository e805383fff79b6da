// What an answer rests on: words that were said, each leading to where.

import { make, say } from "./dom.js";
import { formatMoment } from "./format.js";
import { clock, placeOf } from "./parts.js";

const SHOWN = 5;

function showSource(source) {
  const facts = [source.account, formatMoment(source.at), source.second == null ? null : clock(source.second)].filter(Boolean).join(" · ");
  const address = placeOf({ conversation: source.conversation, message: source.id, second: source.second });
  const words = [make("q", {}, source.quote), make("span", { class: "note" }, facts)];
  return make("li", {}, address ? make("a", { class: "source", href: address }, words) : make("div", { class: "source" }, words));
}

/** The sources of a reply; beyond the first few, on demand. */
export function showSources(sources) {
  const rows = sources.map(showSource);
  const list = make("ul", { class: "sources", "aria-label": say("sources") }, rows.slice(0, SHOWN));
  const rest = rows.slice(SHOWN);
  const more = rest.length ? make("button", { type: "button", class: "quiet", onclick: () => { list.append(...rest); more.remove(); rest[0].querySelector("a")?.focus(); } },
    say("sources_more", { count: rest.length })) : null;
  return make("div", {}, make("p", { class: "small" }, say("sources")), list, more);
}
