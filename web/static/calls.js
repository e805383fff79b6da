// The page of calls: hand recordings in, and see how far each is.

import { ask } from "./api.js";
import { make, say } from "./dom.js";
import { formatMoment } from "./format.js";
import { wireFrame } from "./nav.js";
import { clock, nothing, pagedList } from "./parts.js";
import { inWork, stateText } from "./state.js";
import { uploadForm } from "./upload.js";

const EVERY_MS = 1_500;
const page = document.getElementById("page");
const shown = new Map();

function fill(element, call) {
  shown.set(call.call_id, { element, call });
  const facts = [call.account ?? say("call.no_account"), formatMoment(call.at), call.duration === null ? null : clock(call.duration)];
  const bar = inWork(call) ? make("progress", { max: "1", value: call.progress, "aria-label": say("call.progress") }) : null;
  element.replaceChildren(
    make("a", { class: "row-main", href: `/calls/${call.call_id}` },
      make("span", { class: "row-title" }, call.filename || say("call.untitled")),
      make("span", { class: "note" }, facts.filter(Boolean).join(" · "))),
    make("span", { class: `state ${call.status}` }, stateText(call), bar));
}

function row(call) {
  const element = make("li", { class: "row" });
  fill(element, call);
  return element;
}

async function follow() {
  const working = [...shown.values()].filter(({ call, element }) => inWork(call) && element.isConnected);
  if (working.length && !document.hidden) {
    try {
      const { items } = await ask("/api/calls?limit=100");
      for (const call of items) if (shown.has(call.call_id)) fill(shown.get(call.call_id).element, call);
    } catch { /* The next look may succeed. */ }
  }
  setTimeout(follow, EVERY_MS);
}

function start() {
  wireFrame();
  const list = pagedList("/api/calls", row, { label: say("calls.list"), empty: () => nothing(say("calls.none")) });
  page.append(make("p", { class: "lead" }, say("calls.lead")), uploadForm(() => list.reload()), make("h2", {}, say("calls.list")), list);
  page.setAttribute("aria-busy", "false");
  follow();
}

start();
