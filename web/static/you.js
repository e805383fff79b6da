// One's own page: accounts in the team's chat, preferences, absences.

import { field } from "./acts.js";
import { ask, showRefused } from "./api.js";
import { announce, make, say } from "./dom.js";
import { formatDay, formatMoment } from "./format.js";
import { dayIn } from "./moments.js";
import { wireFrame } from "./nav.js";
import { confirmed, filled, nameOf, section } from "./parts.js";
import { preferences } from "./wishes.js";

const DAY = 86_400_000;
const page = document.getElementById("page");

function copyable(text) {
  const button = make("button", { type: "button", class: "quiet", onclick: async () => {
    try {
      await navigator.clipboard.writeText(text);
      announce(say("you.copied"));
      button.textContent = say("you.copied");
    } catch { announce(say("copy_failed")); }
  } }, say("you.copy"));
  return make("span", { class: "row-start" }, make("code", {}, text), button);
}

function codeBox() {
  const room = make("div", { "aria-live": "polite" });
  const press = async () => {
    try {
      const { code, expires_at: until } = await ask("/api/me/link-code", { method: "POST" });
      const time = new Date(until).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
      room.replaceChildren(make("div", { class: "code-box" }, make("p", { class: "small" }, say("you.code")), make("p", { class: "code" }, code), make("p", { class: "note" }, say("you.code_life", { time })),
        make("p", {}, say("you.in_slack"), " ", copyable(`link ${code}`)), make("p", {}, say("you.in_telegram"), " ", copyable(`/link ${code}`))));
    } catch (error) { room.replaceChildren(showRefused(error, press)); }
  };
  return make("div", { class: "making" }, make("button", { type: "button", class: "button small-button", onclick: press }, say("you.make")), room);
}

async function links(again) {
  const { items } = await ask("/api/me/links");
  const row = (link) => {
    const note = make("p", { class: "bad", role: "alert" });
    const unlink = async () => {
      if (!(await confirmed(say("you.unlink_title", { account: link.account }), say("you.unlink_detail"), say("you.unlink")))) return;
      try {
        await ask(`/api/me/links/${encodeURIComponent(link.channel)}/${encodeURIComponent(link.account)}`, { method: "DELETE" });
        announce(say("you.unlinked"));
        again();
      } catch (error) { note.textContent = error.message; }
    };
    return make("li", { class: "row" }, make("div", { class: "row-main" }, make("span", { class: "row-title" }, `${nameOf("channel", link.channel)} · ${link.account}`),
      make("span", { class: "note" }, say("you.linked", { when: formatMoment(link.linked_at), how: nameOf("you", `how_${link.how}`) })), note),
    make("button", { type: "button", class: "quiet", onclick: unlink }, say("you.unlink")));
  };
  return [items.length ? make("ul", { class: "rows" }, items.map(row)) : make("p", { class: "nothing" }, say("you.no_links"))];
}

function leaveForm(again) {
  const from = make("input", { type: "date", name: "from", required: true }), to = make("input", { type: "date", name: "to", required: true });
  const reason = make("input", { type: "text", name: "reason", maxlength: "500" }), note = make("p", { class: "bad", role: "alert" });
  const send = async (event) => {
    event.preventDefault();
    const start = new Date(`${from.value}T00:00`), last = new Date(`${to.value}T00:00`);
    last.setDate(last.getDate() + 1);
    try {
      await ask("/api/me/absences", { method: "POST", body: { from: start.toISOString(), to: last.toISOString(), reason: reason.value.trim() || null } });
      announce(say("you.saved"));
      again();
    } catch (error) { note.textContent = error.message; }
  };
  from.addEventListener("change", () => { to.min = from.value; if (!to.value) to.value = from.value; });
  return make("form", { class: "act-form", onsubmit: send }, make("div", { class: "fields" }, field("you.from", from), field("you.to", to), field("you.reason", reason)),
    make("div", { class: "row-start" }, make("button", { type: "submit", class: "button small-button" }, say("you.add"))), note);
}

async function absences(again) {
  const { items } = await ask("/api/me/absences");
  const row = (one) => {
    const note = make("p", { class: "bad", role: "alert" });
    const back = async () => {
      try {
        await ask(`/api/me/absences/${one.id}`, { method: "DELETE" });
        announce(say("you.removed"));
        again();
      } catch (error) { note.textContent = error.message; }
    };
    const days = say("you.from_to", { from: formatDay(dayIn(new Date(one.from))), to: formatDay(dayIn(new Date(new Date(one.to).getTime() - DAY / 2))) });
    return make("li", { class: "row" }, make("div", { class: "row-main" }, make("span", { class: "row-title" }, days), one.reason ? make("span", { class: "note" }, one.reason) : null, note),
      make("button", { type: "button", class: "quiet", onclick: back }, say("you.back")));
  };
  return [items.length ? make("ul", { class: "rows" }, items.map(row)) : make("p", { class: "nothing" }, say("you.no_absences")), leaveForm(again)];
}

function start() {
  wireFrame();
  page.append(make("p", { class: "lead" }, say("you.lead")),
    section(say("you.links"), { id: "links" }, make("p", { class: "note" }, say("you.links_lead")), filled(links), codeBox()),
    section(say("you.prefer"), { id: "preferences" }, filled(preferences)),
    section(say("you.absences"), { id: "absences" }, make("p", { class: "note" }, say("you.absences_lead")), filled(absences)));
  page.setAttribute("aria-busy", "false");
}

start();
