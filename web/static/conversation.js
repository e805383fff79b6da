// The page of one conversation: what was said, with its signals.

import { ask, showRefused } from "./api.js";
import { make, say } from "./dom.js";
import { formatMoment } from "./format.js";
import { wireFrame } from "./nav.js";
import { kindChip, nameOf, nothing } from "./parts.js";
import { accountPicker } from "./picker.js";
import { markedText } from "./spans.js";

const LIMIT = 100;
const page = document.getElementById("page");
const id = Number(location.pathname.split("/").pop());
const wanted = new URLSearchParams(location.search).get("message");
const list = make("ol", { class: "messages", "aria-label": say("conversation.said") });
const earlier = make("button", { type: "button", class: "quiet", onclick: () => more(-1) }, say("conversation.earlier"));
const later = make("button", { type: "button", class: "quiet", onclick: () => more(1) }, say("conversation.later"));
const trouble = make("div", {});
let first = 0, last = 0, total = 0;

function row(line) {
  const kinds = [...new Set(line.signals.map((one) => one.kind))];
  const feeling = line.sentiment && line.sentiment !== "neutral" ? make("span", { class: `feeling ${line.sentiment}` }, say(`feeling.${line.sentiment}`)) : null;
  return make("li", { id: `m-${line.id}`, "data-speaker": line.speaker, "data-message": line.message },
    make("p", { class: "speaker" }, line.author ?? say(`speaker.${line.speaker}`),
      make("span", { class: "note" }, ` · ${line.author ? `${say(`speaker.${line.speaker}`)} · ` : ""}${formatMoment(line.at)}`)),
    make("p", { class: "words" }, markedText(line.text, { signals: line.signals })),
    kinds.length || feeling ? make("p", { class: "tags" }, kinds.map(kindChip), feeling) : null);
}

function showEnds() {
  earlier.hidden = first === 0;
  later.hidden = last >= total;
}

async function more(way) {
  const start = way < 0 ? Math.max(0, first - LIMIT) : last;
  const limit = way < 0 ? first - start : LIMIT;
  try {
    const talk = await ask(`/api/conversations/${id}?start=${start}&limit=${limit}`);
    const height = list.scrollHeight, scroll = document.getElementById("scroll");
    if (way < 0) {
      list.prepend(...talk.lines.map(row));
      first = start;
      scroll.scrollTop += list.scrollHeight - height;
    } else {
      list.append(...talk.lines.map(row));
      last = start + talk.lines.length;
    }
    total = talk.total;
    trouble.replaceChildren();
  } catch (error) {
    trouble.replaceChildren(showRefused(error, () => more(way)));
  }
  showEnds();
}

function head(talk) {
  const account = talk.account_id ? make("a", { href: `/accounts/${talk.account_id}` }, talk.account) : say("call.no_account");
  const facts = [nameOf("channel", talk.channel), formatMoment(talk.started_at), say("conversation.lines", { count: talk.total }), talk.owner];
  return make("header", { class: "page-head" },
    make("p", { class: "crumb" }, make("a", { href: "/inbox" }, say("title.inbox"))),
    make("h1", {}, talk.title || say("conversation.untitled", { channel: nameOf("channel", talk.channel) })),
    make("p", { class: "note" }, account, facts.filter(Boolean).map((fact) => ` · ${fact}`)),
    talk.account_id ? [] : assign());
}

function assign() {
  const note = make("p", { class: "bad", role: "alert" });
  const picker = accountPicker({ label: say("call.assign"), onpick: async (account) => {
    if (!account) return;
    try {
      await ask(`/api/inbox/${id}/assign`, { method: "POST", body: { account_id: account.id } });
      location.reload();
    } catch (error) { note.textContent = error.message; }
  } });
  return make("div", { class: "assign" }, make("span", { class: "small" }, say("call.assign")), picker, note);
}

function point() {
  const line = [...list.children].find((one) => one.dataset.message === wanted);
  line?.classList.add("pointed");
  line?.scrollIntoView({ block: "center" });
}

async function start() {
  wireFrame();
  try {
    const query = wanted ? `message=${encodeURIComponent(wanted)}&` : "";
    const talk = await ask(`/api/conversations/${id}?${query}limit=${LIMIT}`);
    [first, last, total] = [talk.start, talk.start + talk.lines.length, talk.total];
    list.append(...talk.lines.map(row));
    document.title = `${talk.title || say("title.conversation")} · ${say("dealhand")}`;
    page.replaceChildren(head(talk), earlier, talk.total ? list : nothing(say("conversation.empty")), later, trouble);
    showEnds();
    point();
  } catch (error) {
    page.replaceChildren(showRefused(error, () => location.reload()));
  }
  page.setAttribute("aria-busy", "false");
}

start();
