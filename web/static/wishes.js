// How one wants to be told: where first, when not, in which language, and what can wait.

import { field } from "./acts.js";
import { ask } from "./api.js";
import { announce, make, say } from "./dom.js";
import { nameOf } from "./parts.js";

const NEVER = "never", AT = "at";
const LANGS = ["en", "zh"];

function choice(name, options, value) {
  const select = make("select", { name }, options.map(([key, words]) => make("option", { value: key }, words)));
  select.value = value;
  return select;
}

function clockInput(name, value) {
  return make("input", { type: "time", name, value });
}

function zoneInput(value) {
  const zones = make("datalist", { id: "zones" }, Intl.supportedValuesOf("timeZone").map((zone) => make("option", { value: zone })));
  return [make("input", { type: "text", name: "time_zone", list: "zones", maxlength: "100", autocomplete: "off", value }), zones];
}

/** The first channel leads; who wants it only here is told nowhere else. */
function channelsFrom(first, every) {
  if (!first) return [];
  return first === "console" ? ["console"] : [first, ...every.filter((one) => one !== first && one !== "console")];
}

function digestChoice(held) {
  const usual = say("you.digest_usual", { time: held.defaults.digest_at });
  const time = clockInput("digest_time", held.digest_at && held.digest_at !== NEVER ? held.digest_at : "");
  const label = field("you.digest_time", time);
  const kind = choice("digest", [["", usual], [AT, say("you.digest_at")], [NEVER, say("you.digest_never")]], held.digest_at === null ? "" : held.digest_at === NEVER ? NEVER : AT);
  const show = () => { label.hidden = kind.value !== AT; time.required = kind.value === AT; };
  kind.addEventListener("change", show);
  show();
  return { fields: [field("you.digest", kind), label], value: () => (kind.value === AT ? time.value : kind.value || null) };
}

/** The form of preferences, filled with what holds. */
export async function preferences() {
  const held = await ask("/api/me/preferences");
  const names = held.every_channel.map((one) => [one, one === "console" ? say("you.digest_never") : nameOf("channel", one)]);
  const first = choice("first", [["", say("you.first_linked")], ...names], held.channels[0] ?? "");
  const from = clockInput("quiet_from", held.quiet_from), to = clockInput("quiet_to", held.quiet_to);
  const [zone, zones] = zoneInput(held.time_zone);
  const lang = choice("lang", [["", say("you.lang_any")], ...LANGS.map((one) => [one, nameOf("lang", one)])], held.lang ?? "");
  const digest = digestChoice(held);
  const note = make("p", { class: "note", role: "status" });
  const send = async (event) => {
    event.preventDefault();
    const body = {
      channels: channelsFrom(first.value, held.every_channel), quiet_from: from.value || null, quiet_to: to.value || null,
      time_zone: zone.value.trim() || null, lang: lang.value || null, digest_at: digest.value(),
    };
    try {
      await ask("/api/me/preferences", { method: "PUT", body });
      note.className = "note";
      note.textContent = say("you.saved");
    } catch (error) {
      note.className = "bad";
      note.textContent = error.message;
    }
    announce(note.textContent);
  };
  return [make("form", { class: "act-form", onsubmit: send },
    make("div", { class: "fields" }, field("you.first", first, say("you.first_hint")), digest.fields),
    make("div", { class: "fields" }, field("you.quiet_from", from, say("you.quiet_hint")), field("you.quiet_to", to)),
    make("div", { class: "fields" }, field("you.zone", zone, say("you.zone_hint", { zone: held.defaults.time_zone })), zones, field("you.lang", lang)),
    make("div", { class: "row-start" }, make("button", { type: "submit", class: "button small-button" }, say("you.save")), note))];
}
