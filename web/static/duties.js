// Who takes which role (for admins), and who is away.

import { field } from "./acts.js";
import { ask } from "./api.js";
import { announce, make, say, valueCalled, valueName } from "./dom.js";
import { formatDay } from "./format.js";
import { dayIn } from "./moments.js";
import { wireFrame } from "./nav.js";
import { confirmed, filled, nameOf, nothing, section } from "./parts.js";

const ROLES = ["sales_manager", "technical_consultant"];
const MOST_OPEN = 8;
const COMMAS = /[,，、;；]/u;
const page = document.getElementById("page");

function words(text) {
  return [...new Set(text.split(COMMAS).map((one) => one.trim()).filter(Boolean))];
}

function foot(note, ...buttons) {
  return [make("div", { class: "row-start" }, buttons), note];
}

function submit(key) {
  return make("button", { type: "submit", class: "button small-button" }, say(key));
}

/** The form of a duty: of `one` that there is, or of a new one. */
function dutyForm(one, { people = [], again, shut = null }) {
  const who = one ? null : make("select", { name: "person", required: true }, make("option", { value: "" }, ""), people.map((person) => make("option", { value: person.id }, person.name)));
  const role = one ? null : make("select", { name: "role" }, ROLES.map((name) => make("option", { value: name }, nameOf("role", name))));
  const regions = make("input", { type: "text", name: "regions", maxlength: "500", value: one?.regions.map((region) => valueName("region", region)).join(", ") });
  const skills = make("input", { type: "text", name: "skills", maxlength: "500", value: one?.skills.join(", ") });
  const most = make("input", { type: "number", name: "most_open", min: "1", max: "1000", required: true, value: one?.most_open ?? MOST_OPEN });
  const note = make("p", { class: "bad", role: "alert" });
  const send = async (event) => {
    event.preventDefault();
    const body = { person: one?.person_id ?? Number(who.value), role: one?.role ?? role.value, regions: words(regions.value).map((name) => valueCalled("region", name)), skills: words(skills.value), most_open: Number(most.value) };
    try {
      await ask("/api/duties", { method: "PUT", body });
      announce(say("duty.saved"));
      again();
    } catch (error) { note.textContent = error.message; }
  };
  const form = make("form", { class: "act-form", "aria-label": one ? say("duty.change_one", { name: one.person }) : say("duty.add"), onsubmit: send },
    one ? null : make("div", { class: "fields" }, field("duty.person", who), field("duty.role", role)),
    make("div", { class: "fields" }, field("duty.regions", regions, say("duty.regions_hint")), field("duty.skills", skills, say("duty.skills_hint")), field("duty.most", most)),
    foot(note, submit("duty.save"), shut ? make("button", { type: "button", class: "quiet", onclick: shut }, say("cancel")) : null));
  if (shut) form.addEventListener("keydown", (event) => { if (event.key === "Escape" && !event.isComposing) shut(); });
  return form;
}

function dutyCard(one, again) {
  const room = make("div", {}), note = make("p", { class: "bad", role: "alert" });
  const shut = () => { room.replaceChildren(); change.setAttribute("aria-expanded", "false"); change.focus(); };
  const open = () => {
    if (room.childElementCount) { shut(); return; }
    room.replaceChildren(dutyForm(one, { again, shut }));
    change.setAttribute("aria-expanded", "true");
    room.querySelector("input").focus();
  };
  const drop = async () => {
    if (!(await confirmed(say("duty.away_title", { name: one.person }), say("duty.away_detail"), say("duty.away")))) return;
    try {
      await ask("/api/duties", { method: "PUT", body: { person: one.person_id, role: one.role, regions: one.regions, skills: one.skills, most_open: 0 } });
      announce(say("duty.gone"));
      again();
    } catch (error) { note.textContent = error.message; }
  };
  const change = make("button", { type: "button", class: "quiet", "aria-expanded": "false", "aria-label": say("duty.change_one", { name: one.person }), onclick: open }, say("duty.change"));
  const regions = one.regions.map((region) => valueName("region", region)).join(", ") || say("duty.everywhere");
  return make("li", { class: "row card duty" }, make("div", { class: "card-head" }, make("span", { class: "row-title" }, one.person),
    make("span", { class: "row-start" }, change, make("button", { type: "button", class: "quiet danger", "aria-label": say("duty.away_one", { name: one.person }), onclick: drop }, say("duty.away")))),
  make("span", { class: "note" }, `${regions} · ${one.skills.join(", ") || say("duty.no_skills")}`), make("span", { class: "note" }, say("duty.load", { open: one.open, most: one.most_open })), room, note);
}

async function duties(again) {
  const [{ items }, { people }] = await Promise.all([ask("/api/duties"), ask("/api/absences")]);
  const lists = ROLES.map((role) => {
    const mine = items.filter((one) => one.role === role && one.most_open > 0);
    return [make("h3", {}, nameOf("role", role)), mine.length ? make("ul", { class: "rows", "aria-label": say("duty.list", { role: nameOf("role", role) }) }, mine.map((one) => dutyCard(one, again))) : nothing(say("duty.none"))];
  });
  return [...lists.flat(), make("h3", {}, say("duty.add")), dutyForm(null, { people, again })];
}

function awayForm(people, again) {
  const who = make("select", { name: "person", required: true }, make("option", { value: "" }, ""), people.map((person) => make("option", { value: person.id }, person.name)));
  const from = make("input", { type: "date", name: "from", required: true }), to = make("input", { type: "date", name: "to", required: true });
  const note = make("p", { class: "bad", role: "alert" });
  const send = async (event) => {
    event.preventDefault();
    const start = new Date(`${from.value}T00:00`), last = new Date(`${to.value}T00:00`);
    last.setDate(last.getDate() + 1);
    try {
      await ask("/api/absences", { method: "POST", body: { person: Number(who.value), from: start.toISOString(), to: last.toISOString() } });
      announce(say("away.saved"));
      again();
    } catch (error) { note.textContent = error.message; }
  };
  from.addEventListener("change", () => { to.min = from.value; if (!to.value) to.value = from.value; });
  return make("form", { class: "act-form", "aria-label": say("away.add"), onsubmit: send },
    make("div", { class: "fields" }, field("away.who", who), field("away.from", from), field("away.to", to)), foot(note, submit("away.add")));
}

function awayRow(one, again) {
  const note = make("p", { class: "bad", role: "alert" });
  const back = async () => {
    try {
      await ask(`/api/absences/${one.person_id}/${one.id}`, { method: "DELETE" });
      announce(say("away.removed"));
      again();
    } catch (error) { note.textContent = error.message; }
  };
  // An absence ends as its last day ends: a moment before is still that day.
  const days = say("away.from_to", { from: formatDay(dayIn(new Date(one.from))), to: formatDay(dayIn(new Date(new Date(one.to).getTime() - 1))) });
  return make("li", { class: "row" }, make("div", { class: "row-main" }, make("span", { class: "row-title" }, one.person), make("span", { class: "note" }, days), note),
    make("button", { type: "button", class: "quiet", "aria-label": say("away.back_one", { name: one.person }), onclick: back }, say("away.back")));
}

async function absences(again) {
  const { items, people } = await ask("/api/absences");
  return [items.length ? make("ul", { class: "rows", "aria-label": say("away.list") }, items.map((one) => awayRow(one, again))) : nothing(say("away.none")), awayForm(people, again)];
}

wireFrame();
if (page.dataset.role === "admin") page.append(section(say("duty.title"), { id: "duties" }, make("p", { class: "note" }, say("duty.lead")), filled(duties)));
page.append(section(say("away.title"), { id: "absences" }, make("p", { class: "note" }, say("away.lead")), filled(absences)));
page.setAttribute("aria-busy", "false");
