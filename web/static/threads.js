// The list of the asker's chats.

import { make, say } from "./dom.js";

const list = document.getElementById("threads");
const note = document.getElementById("threads-note");
const more = document.getElementById("threads-more");
let cursor = null;
let current = null;
let open = () => {};

function item(thread) {
  const follow = (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    open(thread.thread_id);
  };
  const address = `/t/${encodeURIComponent(thread.thread_id)}`;
  return make("li", {}, make("a", { href: address, title: thread.title, "data-thread": thread.thread_id, onclick: follow }, thread.title || "…"));
}

/** Mark the open chat. */
export function markThread(threadId) {
  current = threadId;
  for (const link of list.querySelectorAll("a")) {
    if (link.dataset.thread === current) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

async function load(next) {
  const query = next ? `?cursor=${encodeURIComponent(next)}` : "";
  try {
    const response = await fetch(`/api/threads${query}`);
    if (!response.ok) throw new Error(String(response.status));
    const page = await response.json();
    if (next) list.append(...page.items.map(item));
    else list.replaceChildren(...page.items.map(item));
    cursor = page.cursor ?? null;
    more.hidden = cursor === null;
    note.textContent = list.childElementCount ? "" : say("no_threads");
    markThread(current);
  } catch {
    note.textContent = say("load_failed");
  }
}

/** Show the latest chats; `follow(threadId)` opens one. */
export function listThreads(follow) {
  open = follow;
  more.addEventListener("click", () => load(cursor));
  return load(null);
}

/** Load the list anew, for a chat that began or went on. */
export function refreshThreads() {
  return load(null);
}
