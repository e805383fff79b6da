// What a person can do about an escalation: buttons, and the forms that some of them open.

import { ask } from "./api.js";
import { announce, make, say } from "./dom.js";
import { hoursOn, momentInput, momentOf, zoneNote } from "./moments.js";
import { countEscalations } from "./nav.js";
import { confirmed } from "./parts.js";

const OPEN = ["scheduled", "accepted", "snoozed"];
const SNOOZE_HOURS = 2;

/** Whether anything can still be done about it. */
export function isOpen(item) {
  return OPEN.includes(item.state);
}

/** Colleagues who take a role, as options of a select; resolves when they are there. */
export async function fillPeople(select, role, { without = null, first = [] } = {}) {
  const { items } = await ask(`/api/escalations/people?role=${role}`);
  const words = (one) => (one.away ? say("act.to_away", { name: one.name }) : one.open ? say("act.to_open", { name: one.name, count: one.open }) : one.name);
  select.replaceChildren(...first, ...items.filter((one) => one.id !== without).map((one) => make("option", { value: one.id, disabled: one.away }, words(one))));
}

/** A label over what it names. */
export function field(words, input, hint = null) {
  return make("label", { class: "field" }, make("span", { class: "small" }, say(words)), input, hint && make("span", { class: "note" }, hint));
}

/** The buttons of an escalation or a proposal; `changed(item)` is told what it has become. */
export class Acts {
  constructor(item, { changed }) {
    this.item = item;
    this.changed = changed;
    this.note = make("p", { class: "bad", role: "alert" });
    this.room = make("div", {});
    this.element = make("div", { class: "acts" }, make("div", { class: "row-start", role: "group", "aria-label": say("act.group") }, this.#buttons()), this.room, this.note);
  }

  #buttons() {
    const { item } = this;
    const button = (verb, press, kind = "quiet") => make("button", { type: "button", class: kind, onclick: press }, say(`act.${verb}`));
    if (item.state === "proposed") {
      return [button("confirm", () => this.#send("confirm", undefined, "confirmed"), "button small-button"), button("decline", () => this.#send("decline", undefined, "declined"))];
    }
    if (!isOpen(item)) return [];
    const mayAccept = item.may_accept && !(item.state === "accepted" && item.asks_me);
    return [
      mayAccept ? button("accept", () => this.#send("accept", undefined, "accepted"), "button small-button") : null,
      button("snooze", (event) => this.#open(event.target, this.#snooze())),
      button("handover", (event) => this.#open(event.target, this.#handOver())),
      button("resolve", (event) => this.#open(event.target, this.#resolve())),
      button("cancel_it", () => this.#cancel()),
    ];
  }

  async #send(verb, body, said) {
    this.note.textContent = "";
    try {
      const item = await ask(`/api/escalations/${this.item.id}/${verb}`, { method: "POST", body });
      announce(say(`act.${said}`, { person: item.person ?? "" }));
      countEscalations();
      this.changed(item);
    } catch (error) { this.note.textContent = error.message; }
  }

  #open(button, form) {
    const shut = () => { this.room.replaceChildren(); button.focus(); };
    form.append(make("div", { class: "row-start" }, make("button", { type: "submit", class: "button small-button" }, say("act.send")),
      make("button", { type: "button", class: "quiet", onclick: shut }, say("cancel"))));
    form.addEventListener("keydown", (event) => { if (event.key === "Escape" && !event.isComposing) shut(); });
    this.room.replaceChildren(form);
    form.querySelector("input, select, textarea").focus();
  }

  #form(send, ...inside) {
    return make("form", { class: "act-form", onsubmit: (event) => { event.preventDefault(); send(); } }, inside);
  }

  #snooze() {
    const until = momentInput("until", hoursOn(SNOOZE_HOURS));
    return this.#form(() => this.#send("snooze", { until: momentOf(until.value) }, "snoozed"), field("act.until", until), zoneNote());
  }

  #handOver() {
    const who = make("select", { name: "person", required: true }), note = make("textarea", { rows: "2", maxlength: "2000", name: "note" });
    fillPeople(who, this.item.role, { without: this.item.person_id }).catch((error) => { this.note.textContent = error.message; });
    return this.#form(() => this.#send("handover", { person: Number(who.value), note: note.value.trim() || null }, "handed_over"), field("act.to", who), field("act.note", note));
  }

  #resolve() {
    const choice = (value) => make("label", { class: "check" }, make("input", { type: "radio", name: "outcome", value, required: true }), say(`act.${value}`));
    const note = make("textarea", { rows: "2", maxlength: "2000", name: "note" });
    const form = this.#form(() => this.#send("resolve", { outcome: form.elements.outcome.value, note: note.value.trim() || null }, "resolved"),
      make("fieldset", {}, make("legend", { class: "small" }, say("act.how")), choice("useful"), choice("not_useful")), field("act.what", note));
    return form;
  }

  async #cancel() {
    if (await confirmed(say("act.cancel_title"), say("act.cancel_detail"), say("act.cancel_agree"))) this.#send("cancel", undefined, "cancelled");
  }
}
