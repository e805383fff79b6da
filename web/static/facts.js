// What we believe of an account: each fact with its source and its time, corrected and pinned in place.

import { ask } from "./api.js";
import { announce, make, say } from "./dom.js";
import { formatDay, formatMoment, formatShare } from "./format.js";
import { clock, nameOf, nothing, placeOf, stageName } from "./parts.js";

const NAMES = ["budget", "needs", "decision_people", "competitors", "preferences", "renewal_date"];
const SEVERAL = new Set(["needs", "decision_people", "competitors", "preferences"]);
const STAGES = ["early", "evaluating", "negotiating", "committed", "at_risk"];

function day(moment) {
  return formatDay(moment.slice(0, 10));
}

/** Where a fact comes from, with a way to it. */
function sourceOf(fact) {
  const { source } = fact;
  if (fact.origin === "person") {
    return make("p", { class: "note" }, say("fact.by_person", { name: source.person ?? "", day: formatMoment(source.at ?? fact.valid_from) }));
  }
  const facts = [source.author, source.channel && nameOf("channel", source.channel), source.at && formatMoment(source.at), source.second == null ? null : clock(source.second)];
  const address = placeOf(source);
  const words = [source.quote ? make("q", {}, source.quote) : null, make("span", { class: "note" }, facts.filter(Boolean).join(" · "))];
  return address ? make("a", { class: "source", href: address }, words) : make("div", { class: "source" }, words);
}

/** The facts of one account; `changed()` is called after each change that was kept. */
export class Facts {
  constructor({ accountId, changed }) {
    this.accountId = accountId;
    this.changed = changed;
    this.element = make("div", { class: "facts" });
  }

  /** Show these facts: what holds first, what held before on demand. */
  show(facts) {
    const mine = facts.filter((fact) => fact.name !== "stage");
    const now = mine.filter((fact) => fact.valid_to === null), before = mine.filter((fact) => fact.valid_to !== null);
    const place = (fact) => (NAMES.indexOf(fact.name) + NAMES.length + 1) % (NAMES.length + 1);
    const rows = now.toSorted((left, right) => place(left) - place(right)).map((fact) => this.#row(fact));
    const past = before.length ? make("details", { class: "past" }, make("summary", {}, say("fact.before", { count: before.length })),
      make("ul", { class: "rows" }, before.map((fact) => this.#past(fact)))) : null;
    this.element.replaceChildren(...[
      rows.length ? make("ul", { class: "rows" }, rows) : nothing(say("fact.none")),
      past, this.#add(),
    ].filter(Boolean));
  }

  /** A choice of stage: by hand, or as the evidence has it. */
  stagePicker(stage, byHand) {
    const note = make("p", { class: "bad", role: "alert" });
    const choice = make("select", { "aria-label": say("account.set_stage") },
      make("option", { value: "" }, say("account.stage_by_evidence")),
      STAGES.map((value) => make("option", { value, selected: byHand && value === stage }, stageName(value))));
    choice.addEventListener("change", () => this.#keep({ name: "stage", value: choice.value || null }, note));
    return make("div", { class: "set-stage" }, make("span", { class: "note" }, say("account.set_stage")), choice, note);
  }

  async #keep(setting, note) {
    try {
      await ask(`/api/accounts/${this.accountId}/facts`, { method: "POST", body: { pinned: true, ...setting } });
    } catch (error) {
      note.textContent = error.message;
      return;
    }
    announce(say("fact.saved"));
    await this.changed();
  }

  #row(fact) {
    const note = make("p", { class: "bad", role: "alert" });
    const tags = [
      fact.pinned ? make("span", { class: "tag pinned" }, say("fact.pinned")) : null,
      fact.origin === "said" ? make("span", { class: "note" }, say("call.confidence", { share: formatShare(fact.confidence) })) : null,
      fact.times > 1 ? make("span", { class: "note" }, say("fact.times", { count: fact.times })) : null,
      make("span", { class: "note" }, say("fact.since", { day: day(fact.valid_from) })),
    ];
    const value = { name: fact.name, value: fact.value };
    const gone = { name: fact.name, value: null, ...(SEVERAL.has(fact.name) ? { instead_of: fact.value } : {}) };
    const button = (words, press) => make("button", { type: "button", class: "quiet", onclick: press }, say(words));
    const row = make("li", { class: "fact", "data-name": fact.name },
      make("p", { class: "fact-name" }, fact.label ?? nameOf("facts", fact.name)),
      make("div", { class: "fact-body" },
        make("p", { class: "fact-value" }, fact.shown ?? fact.value), make("p", { class: "tags" }, tags.filter(Boolean)),
        fact.against.length ? make("p", { class: "warning" }, say("fact.against", { values: fact.against.join(" · ") })) : null,
        sourceOf(fact),
        make("div", { class: "row-start" },
          button("fact.correct", () => this.#edit(row, fact)),
          fact.pinned ? button("fact.unpin", () => this.#keep({ ...value, pinned: false }, note)) : button("fact.pin", () => this.#keep(value, note)),
          button("fact.wrong", () => this.#keep(gone, note))),
        note));
    return row;
  }

  #past(fact) {
    return make("li", { class: "fact" }, make("p", { class: "fact-name" }, fact.label ?? nameOf("facts", fact.name)),
      make("div", { class: "fact-body" }, make("p", { class: "fact-value gone" }, fact.shown ?? fact.value),
        make("p", { class: "note" }, say("fact.held", { from: day(fact.valid_from), to: day(fact.valid_to) })), sourceOf(fact)));
  }

  #edit(row, fact) {
    const box = row.querySelector(".fact-body");
    if (box.querySelector("form")) return;
    const form = this.#form(fact.name, fact.value, { replaces: SEVERAL.has(fact.name) ? fact.value : null, done: () => { form.remove(); row.querySelector("button").focus(); } });
    box.append(form);
    form.querySelector("input").focus();
  }

  #form(name, value, { replaces, done }) {
    const input = make("input", { type: "text", maxlength: "200", "aria-label": nameOf("facts", name), required: true });
    input.value = value;
    const pinned = make("input", { type: "checkbox", checked: true });
    const note = make("p", { class: "bad", role: "alert" });
    const form = make("form", { class: "set-fact", onsubmit: (event) => {
      event.preventDefault();
      if (input.value.trim()) this.#keep({ name: form.dataset.name, value: input.value.trim(), pinned: pinned.checked, ...(replaces ? { instead_of: replaces } : {}) }, note);
    } },
      input, make("label", { class: "note check" }, pinned, say("fact.keep")),
      make("div", { class: "row-start" }, make("button", { type: "submit", class: "button small-button" }, say("save")), make("button", { type: "button", class: "quiet", onclick: done }, say("cancel"))),
      note);
    form.dataset.name = name;
    form.addEventListener("keydown", (event) => { if (event.key === "Escape" && !event.isComposing) done(); });
    return form;
  }

  #add() {
    const kind = make("select", { "aria-label": say("fact.which") }, NAMES.map((name) => make("option", { value: name }, nameOf("facts", name))));
    const box = make("div", {});
    const button = make("button", { type: "button", class: "quiet", onclick: () => {
      const form = this.#form(kind.value, "", { replaces: null, done: () => { box.replaceChildren(); button.hidden = false; button.focus(); } });
      form.prepend(kind);
      kind.onchange = () => { form.dataset.name = kind.value; };
      box.replaceChildren(form);
      button.hidden = true;
      form.querySelector("input").focus();
    } }, say("fact.add"));
    return make("div", { class: "add-fact" }, button, box);
  }
}
