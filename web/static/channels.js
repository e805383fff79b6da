// The page of channels: how they get on, and how the assistant behaves in each room that has settings.

import { field } from "./acts.js";
import { ask } from "./api.js";
import { announce, make, say } from "./dom.js";
import { formatMoment } from "./format.js";
import { wireFrame } from "./nav.js";
import { filled, nameOf, nothing, section } from "./parts.js";
import { accountPicker } from "./picker.js";

const TOGGLES = ["follow_ups", "discreet", "silent"];
const LANGS = ["en", "zh"];
const COUNTS = ["to_answer", "not_answered", "to_send", "not_sent"];
const page = document.getElementById("page");

function channelRow(one) {
  const counts = COUNTS.filter((name) => one[name] > 0).map((name) => make("span", { class: name.startsWith("not_") ? "bad" : "note" }, say(`room.${name}`, { count: one[name] })));
  const moments = [
    one.heard_at ? say("room.heard", { when: formatMoment(one.heard_at) }) : say("room.not_heard"),
    one.sent_at ? say("room.sent", { when: formatMoment(one.sent_at) }) : say("room.not_sent_yet"),
  ].join(" · ");
  const used = one.set_up || one.heard_at || one.sent_at || counts.length;
  return make("li", { class: "row" }, make("div", { class: "row-main" }, make("span", { class: "row-title" }, nameOf("channel", one.channel)),
    used ? make("span", { class: "note" }, moments) : null, counts, used && !counts.length ? make("span", { class: "note" }, say("room.all_well")) : null),
  make("span", { class: "state" }, say(one.set_up ? "room.set_up" : "room.not_set_up")));
}

function titleOf(one) {
  return `${nameOf("channel", one.channel)} · ${one.room ? one.place : say("room.direct")}`;
}

function inWords(one) {
  const tied = one.customer ? say("room.customer", { customer: one.customer.name }) : one.tied ? say("room.customer_hidden") : null;
  return [...TOGGLES.map((name) => say(`room.${name}_${one[name] ? "on" : "off"}`)), say(`room.lang_${one.lang ?? "any"}`), tied].filter(Boolean);
}

/** Which customer's room it is: one that can be chosen, taken away, or stays as it is. */
function customerChoice(one) {
  let chosen = one.customer?.id ?? null, touched = false;
  const picker = accountPicker({ label: say("room.account"), onpick: (account) => { touched = true; chosen = account?.id ?? null; }, placeholder: say("room.no_customer") });
  const input = picker.querySelector("input");
  input.value = one.customer?.name ?? "";
  const hidden = one.tied && !one.customer;
  if (hidden) input.placeholder = say("room.other_customer");
  const untie = hidden ? make("button", { type: "button", class: "quiet", onclick: () => { touched = true; chosen = null; picker.clear(); input.placeholder = say("room.no_customer"); untie.remove(); input.focus(); } }, say("room.untie")) : null;
  return {
    element: make("div", { class: "field" }, make("span", { class: "small" }, say("room.account")), picker, make("span", { class: "note" }, say("room.account_hint")), untie),
    unclear: () => chosen === null && picker.text() !== "",
    change: () => (touched ? { account: chosen } : {}),
  };
}

function settingForm(one, { done, shut }) {
  const boxes = TOGGLES.map((name) => make("label", { class: "check" }, make("input", { type: "checkbox", name, checked: one[name] }), say(`room.${name}`)));
  const lang = make("select", { name: "lang" }, make("option", { value: "" }, say("room.any")), LANGS.map((tag) => make("option", { value: tag }, nameOf("lang", tag))));
  lang.value = one.lang ?? "";
  const customer = one.room ? customerChoice(one) : null;
  const note = make("p", { class: "bad", role: "alert" });
  const send = async (event) => {
    event.preventDefault();
    note.textContent = customer?.unclear() ? say("room.choose") : "";
    if (note.textContent) return;
    const toggles = Object.fromEntries(TOGGLES.map((name) => [name, form.elements[name].checked]));
    const path = `/api/channels/${encodeURIComponent(one.channel)}/places/${encodeURIComponent(one.place)}`;
    try {
      done(await ask(path, { method: "PUT", body: { ...toggles, lang: lang.value || null, ...customer?.change() } }));
    } catch (error) { note.textContent = error.message; }
  };
  const form = make("form", { class: "act-form", "aria-label": say("room.change_one", { place: titleOf(one) }), onsubmit: send }, boxes,
    make("div", { class: "fields" }, field("room.lang", lang), customer?.element ?? null),
    make("div", { class: "row-start" }, make("button", { type: "submit", class: "button small-button" }, say("room.save")), make("button", { type: "button", class: "quiet", onclick: shut }, say("cancel"))), note);
  form.addEventListener("keydown", (event) => { if (event.key === "Escape" && !event.isComposing) shut(); });
  return form;
}

function placeCard(one) {
  const room = make("div", {});
  const change = make("button", { type: "button", class: "quiet", "aria-expanded": "false", "aria-label": say("room.change_one", { place: titleOf(one) }) }, say("room.change"));
  const shut = () => { room.replaceChildren(); change.setAttribute("aria-expanded", "false"); change.focus(); };
  const done = (now) => {
    const next = placeCard(now);
    card.replaceWith(next);
    next.querySelector("button").focus();
    announce(say("room.saved"));
  };
  change.addEventListener("click", () => {
    if (room.childElementCount) { shut(); return; }
    room.replaceChildren(settingForm(one, { done, shut }));
    change.setAttribute("aria-expanded", "true");
    room.querySelector("input").focus();
  });
  const when = formatMoment(one.at);
  const card = make("li", { class: "row card place" }, make("div", { class: "card-head" }, make("span", { class: "row-title" }, titleOf(one)), change),
    make("ul", { class: "words-list" }, inWords(one).map((words) => make("li", {}, words))),
    make("p", { class: "note" }, one.by ? say("room.set_by", { when, name: one.by }) : say("room.set", { when })), room);
  return card;
}

async function everything() {
  const { channels, places } = await ask("/api/channels");
  return [section(say("room.channels"), { id: "channels" }, make("ul", { class: "rows" }, channels.map(channelRow))),
    section(say("room.places"), { id: "places" }, make("p", { class: "note" }, say("room.places_lead")),
      places.length ? make("ul", { class: "rows", "aria-label": say("room.list") }, places.map(placeCard)) : nothing(say("room.none")))];
}

wireFrame();
page.append(make("p", { class: "lead" }, say("room.lead")), filled(everything));
page.setAttribute("aria-busy", "false");
