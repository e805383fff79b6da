// Asking for somebody to step in at a customer.

import { field, fillPeople } from "./acts.js";
import { ask } from "./api.js";
import { announce, make, say } from "./dom.js";
import { hoursOn, momentInput, momentOf, zoneNote } from "./moments.js";
import { nameOf } from "./parts.js";
import { accountPicker } from "./picker.js";

const ROLES = ["sales_manager", "technical_consultant"];
const CAUSES = ["price_sensitivity", "competitor", "churn_risk", "complaint", "technical_need", "decision_process", "buying_intent", "demand"];
const OTHER = "";
const DUE_HOURS = 24;

function options(values, area) {
  return values.map((value) => make("option", { value }, nameOf(area, value)));
}

/** A button that opens the form; `account` is the customer's id where the page is of one, `done(item)` hears of it. */
export function asking({ account = null, done }) {
  const room = make("div", {});
  const shut = () => { room.replaceChildren(); button.hidden = false; button.focus(); };
  const button = make("button", { type: "button", class: "button small-button", onclick: () => {
    button.hidden = true;
    const form = asForm(account, (item) => { shut(); done(item); }, shut);
    room.replaceChildren(form);
    form.querySelector("input, select").focus();
  } }, say("esc.new"));
  return make("div", { class: "asking" }, button, room);
}

function asForm(account, done, shut) {
  let chosen = account;
  const role = make("select", { name: "role" }, options(ROLES, "role"));
  const cause = make("select", { name: "cause" }, options(CAUSES, "kind"), make("option", { value: OTHER }, say("act.cause_other")));
  const words = make("input", { type: "text", name: "words", maxlength: "200" });
  const own = field("act.cause_words", words);
  const person = make("select", { name: "person" });
  const due = momentInput("due", hoursOn(DUE_HOURS)), at = momentInput("at", null, false);
  const note = make("textarea", { rows: "2", maxlength: "2000", name: "note" });
  const problem = make("p", { class: "bad", role: "alert" });
  const people = () => fillPeople(person, role.value, { first: [make("option", { value: "" }, say("act.anyone"))] }).catch((error) => { problem.textContent = error.message; });
  const own_words = () => { own.hidden = cause.value !== OTHER; words.required = cause.value === OTHER; };
  role.addEventListener("change", people);
  cause.addEventListener("change", own_words);
  people();
  own_words();
  const send = async (event) => {
    event.preventDefault();
    problem.textContent = chosen ? "" : say("act.choose_account");
    if (!chosen) return;
    const body = {
      account: chosen, role: role.value, cause: cause.value || words.value.trim(), due: momentOf(due.value), appointment: momentOf(at.value),
      person: person.value ? Number(person.value) : null, note: note.value.trim() || null,
    };
    try {
      const item = await ask("/api/escalations", { method: "POST", body });
      announce(say(item.merged ? "act.merged" : "act.made", { person: item.person ?? "" }));
      done(item);
    } catch (error) { problem.textContent = error.message; }
  };
  const picker = account ? null : make("div", { class: "field" }, make("span", { class: "small" }, say("act.account")),
    accountPicker({ label: say("act.account"), onpick: (one) => { chosen = one?.id ?? null; } }));
  return make("form", { class: "act-form ask-form", onsubmit: send, onkeydown: (event) => { if (event.key === "Escape" && !event.isComposing) shut(); } },
    make("div", { class: "fields" }, picker, field("act.role", role), field("act.cause", cause), own, field("act.due", due), field("act.whom", person), field("act.at", at, say("act.at_hint"))),
    field("act.note", note), zoneNote(),
    make("div", { class: "row-start" }, make("button", { type: "submit", class: "button small-button" }, say("act.ask")), make("button", { type: "button", class: "quiet", onclick: shut }, say("cancel"))),
    problem);
}
