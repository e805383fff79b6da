// The page of one account: what we believe of it and why, what was said, what it signals.

import { ask, showRefused } from "./api.js";
import { asking } from "./asking.js";
import { card } from "./cards.js";
import { make, say } from "./dom.js";
import { Facts } from "./facts.js";
import { formatDay, formatMoment } from "./format.js";
import { wireFrame } from "./nav.js";
import { clock, kindChip, nameOf, nothing, pagedList, placeOf, section, stageName } from "./parts.js";
import { stateText } from "./state.js";

const REASONS = 4;
const page = document.getElementById("page");
const id = Number(location.pathname.split("/").pop());
const head = make("header", { class: "page-head" });
const scores = make("div", { class: "scores" });
const timeline = make("div", {});
const people = make("div", {});
let name = "";
const facts = new Facts({ accountId: id, changed: load });

function reasonRow(reason) {
  const address = placeOf({ conversation: reason.conversation, message: reason.message });
  const points = reason.points ? make("span", { class: `points ${reason.points < 0 ? "down" : "up"}` }, reason.points > 0 ? `+${reason.points}` : `−${-reason.points}`) : null;
  return make("li", {}, points, address ? make("a", { href: address }, reason.text) : make("span", {}, reason.text));
}

function showReasons(reasons) {
  if (!reasons.length) return make("p", { class: "note" }, say("account.no_reasons"));
  const rows = reasons.map(reasonRow), rest = rows.slice(REASONS);
  return [make("ul", { class: "reasons" }, rows.slice(0, REASONS)),
    rest.length ? make("details", { class: "past" }, make("summary", {}, say("more")), make("ul", { class: "reasons" }, rest)) : null];
}

function score(name, shown, reasons, extra = null, level = null) {
  const meter = level === null ? null : make("meter", { min: "0", max: "100", low: "35", high: "65", optimum: "100", value: level, "aria-label": say(`account.${name}`) });
  return make("section", { class: `score ${name}` }, make("h2", {}, say(`account.${name}`)), make("p", { class: "score-value" }, shown), meter,
    showReasons(reasons), extra);
}

function ofHundred(value) {
  return [String(value), make("span", { class: "note" }, ` / 100`)];
}

function showHistory(points) {
  if (points.length < 2) { timeline.replaceChildren(); return; }
  timeline.replaceChildren(make("details", { class: "past" }, make("summary", {}, say("account.history")),
    make("table", { class: "history" },
      make("thead", {}, make("tr", {}, ["account.day", "account.stage", "account.health"].map((key) => make("th", { scope: "col" }, say(key))))),
      make("tbody", {}, points.map((point) => make("tr", {}, make("th", { scope: "row" }, formatDay(point.at.slice(0, 10))), make("td", {}, stageName(point.stage)), make("td", { class: "number" }, String(point.health))))))));
}

function show(profile) {
  const about = [profile.sector, profile.owner && say("accounts.owner", { name: profile.owner })].filter(Boolean);
  name = profile.account;
  document.title = `${profile.account} · ${say("dealhand")}`;
  head.replaceChildren(make("p", { class: "crumb" }, make("a", { href: "/accounts" }, say("title.accounts"))),
    make("h1", {}, profile.account), make("p", { class: "note" }, about.join(" · ")));
  const byHand = profile.facts.some((fact) => fact.name === "stage" && fact.origin === "person" && fact.pinned && fact.valid_to === null);
  scores.replaceChildren(
    score("stage", stageName(profile.stage), profile.reasons.stage, facts.stagePicker(profile.stage, byHand)),
    score("health", ofHundred(profile.health), profile.reasons.health, null, profile.health),
    score("value", ofHundred(profile.value), profile.reasons.value, null, profile.value));
  showHistory(profile.history);
  facts.show(profile.facts);
  people.replaceChildren(profile.contacts.length
    ? make("ul", { class: "people" }, profile.contacts.map((one) => make("li", {}, one.name, one.title ? make("span", { class: "note" }, ` · ${one.title}`) : null)))
    : make("p", { class: "note" }, say("account.no_contacts")));
}

async function load() {
  show(await ask(`/api/accounts/${id}/profile`));
}

function talkRow(item) {
  const facts = [nameOf("channel", item.channel), item.author, formatMoment(item.said_at ?? item.came_at), item.messages > 1 ? say("conversation.lines", { count: item.messages }) : null].filter(Boolean);
  return make("li", { class: "row" }, make("a", { class: "row-main", href: `/conversations/${item.id}` },
    make("span", { class: "row-title" }, item.title || say("conversation.untitled", { channel: nameOf("channel", item.channel) })),
    make("span", { class: "note" }, facts.join(" · ")), item.excerpt ? make("span", { class: "excerpt" }, item.excerpt) : null));
}

function callRow(call) {
  return make("li", { class: "row" }, make("a", { class: "row-main", href: `/calls/${call.call_id}` },
    make("span", { class: "row-title" }, call.filename || say("call.untitled")),
    make("span", { class: "note" }, [formatMoment(call.at), call.duration === null ? null : clock(call.duration)].filter(Boolean).join(" · "))),
  make("span", { class: `state ${call.status}` }, stateText(call)));
}

function signalRow(signal) {
  const address = placeOf({ conversation: signal.conversation, message: signal.message });
  return make("li", { class: "row" }, make("a", { class: "row-main", href: address },
    make("span", {}, kindChip(signal.kind)), make("q", { class: "excerpt" }, signal.quote), make("span", { class: "note" }, formatMoment(signal.at))));
}

function searchBox() {
  const input = make("input", { type: "search", placeholder: say("account.search"), "aria-label": say("account.search"), maxlength: "400" });
  const results = make("div", { "aria-live": "polite" });
  let asked = 0;
  const search = async (event) => {
    event?.preventDefault();
    const words = input.value.trim(), mine = (asked += 1);
    if (!words) { results.replaceChildren(); return; }
    results.replaceChildren(make("p", { class: "working" }, say("account.searching")));
    try {
      const { hits } = await ask(`/api/memory/search?account=${id}&k=10&q=${encodeURIComponent(words)}`);
      if (mine === asked) results.replaceChildren(hits.length ? make("ul", { class: "rows" }, hits.map(hitRow)) : nothing(say("account.no_hits", { words })));
    } catch (error) {
      if (mine === asked) results.replaceChildren(showRefused(error, () => search()));
    }
  };
  return [make("form", { class: "searching", role: "search", onsubmit: search }, input, make("button", { type: "submit", class: "button small-button" }, say("account.find"))), results];
}

function hitRow(hit) {
  const facts = [hit.author ?? (hit.speaker ? say(`speaker.${hit.speaker}`) : null), formatMoment(hit.at), hit.second == null ? null : clock(hit.second)].filter(Boolean);
  return make("li", { class: "row" }, make("a", { class: "row-main", href: placeOf(hit) }, make("q", { class: "excerpt" }, hit.text), make("span", { class: "note" }, facts.join(" · "))));
}

/** Who is asked to step in here, and a way to ask for somebody. */
function escalations() {
  const open = ["proposed", "scheduled", "accepted", "snoozed"].map((state) => `state=${state}`).join("&");
  const rows = pagedList(`/api/escalations?account=${id}&${open}`, (item) => card(item), { limit: 5, label: say("title.escalations"), empty: () => nothing(say("esc.none_account")) });
  return section(say("title.escalations"), { class: "stepping-in" }, rows, asking({ account: id, done: () => rows.reload() }));
}

async function start() {
  wireFrame();
  try {
    await load();
  } catch (error) {
    page.replaceChildren(showRefused(error, () => location.reload()), make("p", {}, make("a", { href: "/accounts" }, say("title.accounts"))));
    page.setAttribute("aria-busy", "false");
    return;
  }
  const list = (path, row, key, limit = 5) => pagedList(path, row, { limit, label: say(key), empty: () => nothing(say(`${key}_none`)) });
  page.replaceChildren(head, scores, timeline,
    make("div", { class: "columns" },
      make("div", {},
        section(say("account.facts"), {}, facts.element),
        section(say("account.said"), {}, searchBox())),
      make("div", {},
        escalations(),
        section(say("account.signals"), {}, list(`/api/signals?account=${encodeURIComponent(name)}`, signalRow, "account.signals", 8)),
        section(say("account.conversations"), {}, list(`/api/inbox/recent?account=${id}`, talkRow, "account.conversations")),
        section(say("account.calls"), {}, list(`/api/calls?account=${id}`, callRow, "account.calls")),
        section(say("account.contacts"), {}, people))));
  page.setAttribute("aria-busy", "false");
}

start();
