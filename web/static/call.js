// The page of one call: how far it is, its sound, its words, what it signals.

import { ask, showRefused } from "./api.js";
import { announce, make, say } from "./dom.js";
import { formatMoment, formatShare } from "./format.js";
import { wireFrame } from "./nav.js";
import { byKind, clock, confirmed, kindChip, nameOf, nothing, section } from "./parts.js";
import { accountPicker } from "./picker.js";
import { Player } from "./player.js";
import { secondOf } from "./spans.js";
import { inWork, stepsOf } from "./state.js";
import { Transcript } from "./transcript.js";

const EVERY_MS = 1_000;
const READ_AGAIN_MS = [1_000, 2_500, 6_000];
const page = document.getElementById("page");
const callId = decodeURIComponent(location.pathname.split("/").pop());
const params = new URLSearchParams(location.search);
const head = make("header", { class: "page-head" });
const work = make("div", { class: "call-work" });
const notes = make("div", { class: "call-notes" });
const found = make("div", { class: "found" });
const sides = make("div", { class: "sides" });
const actions = make("div", { class: "actions" });
let call = null, player = null, shown = null;

const transcript = new Transcript({ callId, seek: (second) => player?.seek(second), changed: () => lookAgain() });
const said = section(say("call.transcript"), { class: "said" },
  make("p", { class: "follow note" }, transcript.follow, make("label", { for: "follow" }, say("call.follow"))), transcript.list);
const signals = section(say("call.signals"), { class: "signals" }, found);

function point(signal) {
  transcript.point(signal.message);
  player?.seek(signal.second);
}

function showHead() {
  const account = call.account_id ? make("a", { href: `/accounts/${call.account_id}` }, call.account) : make("span", {}, say("call.no_account"));
  const facts = [formatMoment(call.at), call.duration === null ? null : clock(call.duration), call.lang ? nameOf("lang", call.lang) : null,
    call.channels ? say(call.channels === 1 ? "call.mono" : "call.channels", { count: call.channels }) : null, call.live ? say("call.live") : null];
  document.title = `${call.filename} · ${say("dealhand")}`;
  head.replaceChildren(make("p", { class: "crumb" }, make("a", { href: "/calls" }, say("title.calls"))),
    make("h1", {}, call.filename || say("call.untitled")),
    make("p", { class: "note" }, account, facts.filter(Boolean).map((fact) => ` · ${fact}`)),
    call.account_id ? [] : assign());
}

function assign() {
  const note = make("p", { class: "bad", role: "alert" });
  const picker = accountPicker({ label: say("call.assign"), onpick: async (account) => {
    if (!account) return;
    try {
      await ask(`/api/inbox/${call.conversation_id}/assign`, { method: "POST", body: { account_id: account.id } });
      announce(say("inbox.assigned", { account: account.name }));
      await load();
    } catch (error) { note.textContent = error.message; }
  } });
  return make("div", { class: "assign" }, make("span", { class: "small" }, say("call.assign")), picker, note);
}

function showWork() {
  work.replaceChildren();
  if (inWork(call)) work.append(stepsOf(call));
  if (call.status === "failed") {
    work.append(make("div", { class: "failed", role: "alert" }, make("p", {}, call.error?.detail ?? say("call.status_failed")),
      make("a", { href: "/calls" }, say("call.hand_in_again"))));
  }
}

function showNotes() {
  const coverage = call.coverage === null ? null : make("p", { class: "note", title: say("call.coverage_hint") }, say("call.coverage", { share: formatShare(call.coverage) }));
  const heard = call.transcriber ? make("p", { class: "note" }, say("call.heard_by", { name: call.transcriber })) : null;
  const hard = call.segments.some((one) => one.low.length) ? make("p", { class: "note" }, make("span", { class: "low" }, say("call.low_sample")), " ", say("call.low_legend")) : null;
  notes.replaceChildren(...call.warnings.map((one) => make("p", { class: "warning" }, one.detail)), ...[hard, coverage, heard].filter(Boolean));
}

function showSignals() {
  const items = call.signals.toSorted((left, right) => left.second - right.second).map((one) => make("li", {},
    make("button", { type: "button", class: "signal", onclick: () => point(one) },
      make("span", { class: "signal-head" }, kindChip(one.kind), make("span", { class: "note" }, clock(one.second))),
      make("q", {}, one.quote),
      make("span", { class: "note" }, say("call.confidence", { share: formatShare(one.confidence) })))));
  const kinds = [...new Set(call.signals.map((one) => one.kind))].sort(byKind);
  announceKinds(kinds);
  if (items.length) found.replaceChildren(make("ul", { class: "signal-list" }, items));
  else found.replaceChildren(make("p", { class: "note" }, say(inWork(call) ? "call.signals_later" : "call.no_signals")));
}

function announceKinds(kinds) {
  const key = kinds.join();
  if (shown !== null && key !== shown && kinds.length) announce(say("call.found_kinds", { kinds: kinds.map((kind) => nameOf("kind", kind)).join(", ") }));
  shown = key;
}

function showActions() {
  actions.replaceChildren();
  sides.replaceChildren(...(call.segments.length && !inWork(call) ? [channels()] : []));
  if (call.audio && !inWork(call)) actions.append(make("button", { type: "button", class: "quiet danger", onclick: eraseAudio }, say("call.erase")));
}

function channels() {
  const note = make("span", { class: "bad", role: "alert" });
  const set = async (speakers) => {
    try {
      await ask(`/api/calls/${callId}`, { method: "PATCH", body: { channel_speakers: speakers } });
      announce(say("call.saved"));
      await load();
      lookAgain();
    } catch (error) { note.textContent = error.message; }
  };
  if ((call.channels ?? 1) !== 2) return "";
  const now = call.channel_speakers ?? channelSpeakers();
  const text = now ? say("call.on_channels", { left: say(`speaker.${now[0]}`), right: say(`speaker.${now[1]}`) }) : say("call.on_channels_unknown");
  const ways = now
    ? [make("button", { type: "button", class: "quiet", onclick: () => set(now.toReversed()) }, say("call.swap"))]
    : [["rep", "customer"], ["customer", "rep"]].map((way) => make("button", { type: "button", class: "quiet", onclick: () => set(way) }, say(`call.left_is_${way[0]}`)));
  return make("span", { class: "channels" }, make("span", { class: "note" }, text), " ", ways, note);
}

/** Who is on each of two channels as the segments have it, where each side is one known speaker. */
function channelSpeakers() {
  const sides = [0, 1].map((channel) => [...new Set(call.segments.filter((one) => one.channel === channel).map((one) => one.speaker))]);
  const known = sides.every((side) => side.length === 1 && side[0] !== "unknown") && sides[0][0] !== sides[1][0];
  return known ? sides.map((side) => side[0]) : null;
}

async function eraseAudio() {
  if (!(await confirmed(say("call.erase_title"), say("call.erase_detail"), say("call.erase_agree")))) return;
  try {
    await ask(`/api/calls/${callId}/audio`, { method: "DELETE" });
    announce(say("call.audio_gone"));
    await load();
  } catch (error) {
    actions.append(make("span", { class: "bad", role: "alert" }, error.message));
  }
}

function showPlayer() {
  player ??= new Player({ callId, moved: (second, playing) => transcript.at(second, playing) });
  player.offer(call);
  player.draw(call, point);
}

function show(fresh) {
  const spoken = new Map(fresh.segments.map((one) => [one.id, one]));
  call = { ...fresh, signals: fresh.signals.map((one) => (spoken.has(one.message) ? { ...one, second: secondOf(spoken.get(one.message), one) } : one)) };
  showHead();
  showWork();
  showNotes();
  showSignals();
  showActions();
  showPlayer();
  if (!transcript.editing) transcript.show(call.segments, call.signals);
  if (call.lang) transcript.list.lang = call.lang;
  transcript.list.hidden = said.querySelector(".follow").hidden = !call.segments.length;
  said.querySelector(".nothing")?.remove();
  said.hidden = signals.hidden = call.status === "failed" && !call.segments.length;
  if (!call.segments.length) said.append(nothing(say(inWork(call) ? "call.words_later" : "call.no_speech")));
}

async function load() {
  show(await ask(`/api/calls/${callId}`));
}

function lookAgain() {
  for (const wait of READ_AGAIN_MS) setTimeout(() => { if (!transcript.editing) load().catch(() => {}); }, wait);
}

async function follow() {
  if (!document.hidden) await load().catch(() => {});
  if (inWork(call)) setTimeout(follow, EVERY_MS);
}

async function start() {
  try {
    await load();
  } catch (error) {
    page.replaceChildren(showRefused(error, () => location.reload()), make("p", {}, make("a", { href: "/calls" }, say("title.calls"))));
    page.setAttribute("aria-busy", "false");
    return;
  }
  page.replaceChildren(head, player.element, player.lanes, work, notes, sides, make("div", { class: "columns" }, said, signals), actions);
  page.setAttribute("aria-busy", "false");
  startAt();
  if (inWork(call)) setTimeout(follow, EVERY_MS);
}

/** Begin where the address says: at a message, or at a second. */
function startAt() {
  const second = params.has("t") ? Number(params.get("t")) : NaN;
  const line = call.segments.find((one) => one.id === params.get("message")) ?? call.segments.find((one) => one.start <= second + 0.01 && second < one.end);
  if (line || second >= 0) player.seek(second >= 0 ? second : line.start, false);
  if (line) transcript.point(line.id);
}

wireFrame();
start();
