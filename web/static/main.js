// The chat page: asks, shows what comes, and keeps the address in step with the open chat.

import { refreshActions } from "./actions.js";
import { announce, make, say } from "./dom.js";
import { closeMenu, wireFrame } from "./nav.js";
import { showReply } from "./reply.js";
import { takeTurn } from "./stream.js";
import { listThreads, markThread, refreshThreads } from "./threads.js";

const SLOW_MS = 6_000;
const byId = (id) => document.getElementById(id);
const form = byId("ask"), box = byId("message"), send = byId("send"), log = byId("log"), welcome = byId("welcome");
let thread = null;
let running = null;

function asked(text) {
  return make("article", { class: "asked", "aria-label": say("you") }, make("p", {}, text));
}

function setBusy(busy) {
  send.classList.toggle("busy", busy);
  send.setAttribute("aria-label", busy ? send.dataset.stop : send.dataset.send);
}

function showFailure(article, failure, retry) {
  const text = failure.detail ?? say(failure.kind);
  const way = failure.kind === "signed_out"
    ? make("a", { href: "/sign-in" }, say("sign_in"))
    : make("button", { type: "button", onclick: retry }, say("try_again"));
  article.replaceChildren(make("div", { class: "failed", role: "alert" }, make("p", {}, text), way));
  article.setAttribute("aria-busy", "false");
}

function dropOldSuggestions() {
  log.querySelectorAll(".next").forEach((next) => next.remove());
}

function keepThread(reply) {
  thread = reply.thread_id;
  const address = `/t/${encodeURIComponent(thread)}`;
  if (location.pathname !== address) history.replaceState({ thread }, "", address);
  markThread(thread);
  refreshThreads();
}

function listeners(article, waiting) {
  let text = null;
  return {
    status: (step) => { waiting.textContent = step.text; },
    delta: (piece) => {
      if (!text) {
        text = make("p", { class: "text" });
        article.replaceChildren(text);
      }
      text.textContent = piece.restart ? piece.text : text.textContent + piece.text;
    },
    reply: (reply) => {
      refreshActions(log);
      showReply(article, reply, { ask });
      announce(say("ready", { text: reply.text }));
      keepThread(reply);
    },
  };
}

async function take(text, question, article) {
  const waiting = make("p", { class: "working" }, say("working"));
  article.replaceChildren(waiting);
  article.setAttribute("aria-busy", "true");
  announce(say("working"));
  running = new AbortController();
  setBusy(true);
  const slow = setTimeout(() => { waiting.textContent = say("slow"); }, SLOW_MS);
  try {
    await takeTurn({ message: text, ...(thread ? { thread_id: thread } : {}) }, { on: listeners(article, waiting), signal: running.signal });
    question.scrollIntoView({ block: "start" });
  } catch (failure) {
    showFailure(article, failure, () => take(text, question, article));
  } finally {
    clearTimeout(slow);
    running = null;
    setBusy(false);
  }
}

/** Ask `text` in the open chat. */
function ask(text) {
  if (running || !text.trim()) return;
  welcome.hidden = true;
  dropOldSuggestions();
  const question = asked(text.trim());
  const article = make("article", { class: "reply", "aria-label": say("dealhand") });
  log.append(question, article);
  byId("scroll").scrollTop = byId("scroll").scrollHeight;
  if (matchMedia("(pointer: fine)").matches) box.focus();
  take(text.trim(), question, article);
}

function showTranscript(lines) {
  const articles = lines.map((line, place) => {
    if (!line.reply) return asked(line.text);
    const article = make("article", { class: "reply", "aria-label": say("dealhand") });
    showReply(article, line.reply, { ask, thumb: line.thumb ?? null, last: place === lines.length - 1 });
    return article;
  });
  log.replaceChildren(...articles);
  articles.findLast((article) => article.classList.contains("asked"))?.scrollIntoView({ block: "start" });
}

async function openThread(threadId, { push = true } = {}) {
  running?.abort();
  closeMenu();
  thread = threadId;
  markThread(threadId);
  welcome.hidden = threadId !== null;
  log.replaceChildren();
  if (push) history.pushState({ thread }, "", threadId ? `/t/${encodeURIComponent(threadId)}` : "/");
  if (threadId === null) return;
  const article = make("article", { class: "reply" }, make("p", { class: "working" }, say("loading")));
  log.append(article);
  try {
    const response = await fetch(`/api/threads/${encodeURIComponent(threadId)}`);
    if (thread !== threadId) return;
    if (response.ok) showTranscript((await response.json()).messages);
    else throw Object.assign(new Error(), { kind: "broke", detail: (await response.json()).detail });
  } catch (failure) {
    const kind = failure.kind ?? (failure instanceof TypeError ? "offline" : "broke");
    showFailure(article, { kind, detail: failure.detail }, () => openThread(threadId, { push: false }));
  }
}

function wireNew() {
  byId("new").addEventListener("click", (event) => {
    event.preventDefault();
    openThread(null);
    box.focus();
  });
}

function wireAsking() {
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (running) {
      running.abort();
      return;
    }
    const text = box.value;
    box.value = "";
    ask(text);
  });
  box.addEventListener("keydown", (event) => {
    // While Chinese is being composed, Enter takes the candidate.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    if (!running) form.requestSubmit();
  });
  document.querySelectorAll("[data-ask]").forEach((chip) => chip.addEventListener("click", () => ask(chip.textContent)));
}

function threadInAddress() {
  const found = /^\/t\/(.+)$/.exec(location.pathname);
  return found ? decodeURIComponent(found[1]) : null;
}

function start() {
  if (location.search) history.replaceState(history.state, "", location.pathname);
  wireFrame();
  wireNew();
  wireAsking();
  listThreads(openThread);
  addEventListener("popstate", () => openThread(threadInAddress(), { push: false }));
  const first = threadInAddress();
  if (first) openThread(first, { push: false });
  else if (matchMedia("(pointer: fine)").matches) box.focus();
}

start();
