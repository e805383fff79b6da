// The inbox: what waits for an account, what one was told, what came in lately.

import { ask } from "./api.js";
import { announce, make, say } from "./dom.js";
import { formatMoment } from "./format.js";
import { countInbox, wireFrame } from "./nav.js";
import { kindChip, nameOf, nothing, pagedList, section } from "./parts.js";
import { accountPicker } from "./picker.js";

const page = document.getElementById("page");
let recent = null;

function about(item) {
  const facts = [nameOf("channel", item.channel), item.author, formatMoment(item.said_at ?? item.came_at), item.messages > 1 ? say("conversation.lines", { count: item.messages }) : null];
  return facts.filter(Boolean).join(" · ");
}

function talk(item) {
  return make("a", { class: "row-main", href: `/conversations/${item.id}` },
    make("span", { class: "row-title" }, item.title || item.account || item.author || say("conversation.untitled", { channel: nameOf("channel", item.channel) })),
    make("span", { class: "note" }, about(item)),
    item.excerpt ? make("span", { class: "excerpt" }, item.excerpt) : null);
}

/** Take an element out of its list with a word of what became of it. */
function settle(element, text) {
  announce(text);
  element.replaceChildren(make("p", { class: "note settled" }, text));
  countInbox();
  recent?.reload();
}

function waiting(item) {
  const note = make("p", { class: "bad", role: "alert" });
  const element = make("li", { class: "row waiting" });
  const attempt = async (path, body, text) => {
    try {
      await ask(path, { method: "POST", body });
      settle(element, text);
    } catch (error) { note.textContent = error.message; }
  };
  const assign = (account) => attempt(`/api/inbox/${item.id}/assign`, { account_id: account.id }, say("inbox.assigned", { account: account.name }));
  const candidates = item.candidates.map((one) => make("button", {
    type: "button", class: "chip", onclick: () => assign({ id: one.account_id, name: one.name }),
  }, one.name, " ", make("span", { class: "note" }, nameOf("why", one.why))));
  const clues = [...new Set([item.named, ...item.hints].filter(Boolean))];
  element.append(talk(item),
    clues.length ? make("p", { class: "note" }, say("inbox.clues", { clues: clues.join(" · ") })) : "",
    make("div", { class: "decide" },
      candidates.length ? make("div", { class: "chips", role: "group", "aria-label": say("inbox.candidates") }, candidates) : [],
      accountPicker({ label: say("inbox.assign"), placeholder: say(candidates.length ? "inbox.another" : "inbox.assign"), onpick: (account) => account && assign(account) }),
      make("button", { type: "button", class: "quiet", onclick: () => attempt(`/api/inbox/${item.id}/dismiss`, undefined, say("inbox.dismissed")) }, say("inbox.dismiss"))),
    note);
  return element;
}

/** What happened to an escalation, and where if that is known. */
function toldOf(item) {
  const what = nameOf("told", item.detail.what);
  return item.account ? `${what} · ${item.account}` : what;
}

function notice(item) {
  const element = make("li", { class: `row notice${item.seen_at ? " seen" : ""}` });
  const failed = item.kind === "call_failed", escalation = item.kind === "escalation";
  const address = failed ? `/calls/${item.detail.call_id}` : escalation ? `/escalations/${item.detail.escalation}` : item.conversation_id ? `/conversations/${item.conversation_id}${item.message ? `?message=${encodeURIComponent(item.message)}` : ""}` : null;
  const who = item.account ?? item.title ?? say("call.no_account");
  const text = failed ? say("inbox.call_failed", { name: item.title ?? "" }) : escalation ? toldOf(item) : say("inbox.signal", { who });
  const see = async () => {
    try {
      await ask(`/api/notices/${item.id}/seen`, { method: "POST" });
      element.classList.add("seen");
      button.remove();
      countInbox();
    } catch (error) { element.append(make("p", { class: "bad", role: "alert" }, error.message)); }
  };
  const button = make("button", { type: "button", class: "quiet", onclick: see }, say("inbox.seen"));
  element.append(make(address ? "a" : "div", { class: "row-main", href: address },
    make("span", { class: "row-title" }, item.detail.signal ? kindChip(item.detail.signal) : null, " ", text),
    item.quote ? make("q", { class: "excerpt" }, item.quote) : null,
    make("span", { class: "note" }, formatMoment(item.at))),
  item.seen_at ? "" : button);
  return element;
}

function seeAll() {
  document.querySelectorAll(".notice:not(.seen) button").forEach((button) => button.click());
}

function came(item) {
  return make("li", { class: "row" }, talk(item),
    make("span", { class: "state" }, item.account ? make("a", { href: `/accounts/${item.account_id}` }, item.account) : say("call.no_account")));
}

function start() {
  wireFrame();
  recent = pagedList("/api/inbox/recent", came, { label: say("inbox.recent"), empty: () => nothing(say("inbox.none_recent"), make("p", {}, make("a", { href: "/calls" }, say("inbox.to_calls")))) });
  page.append(
    section(say("inbox.unmatched"), {}, make("p", { class: "note" }, say("inbox.unmatched_lead")),
      pagedList("/api/inbox/unmatched", waiting, { label: say("inbox.unmatched"), empty: () => nothing(say("inbox.none_unmatched")) })),
    section(say("inbox.notices"), {},
      make("button", { type: "button", class: "quiet see-all", onclick: seeAll }, say("inbox.see_all")),
      pagedList("/api/notices", notice, { label: say("inbox.notices"), limit: 5, empty: () => nothing(say("inbox.none_notices")) })),
    section(say("inbox.recent"), {}, recent));
  page.setAttribute("aria-busy", "false");
}

start();
