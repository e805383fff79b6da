// Choosing one of the asker's accounts by typing some of its name.

import { ask } from "./api.js";
import { announce, make, say } from "./dom.js";

const PAUSE_MS = 180;
const MOST = 8;
let made = 0;

/** An input that offers accounts; `onpick(account)` hears of each choice, null when it is taken back. */
export function accountPicker({ label, onpick, placeholder = say("pick.placeholder") }) {
  const id = `picker-${(made += 1)}`;
  const list = make("ul", { id: `${id}-list`, role: "listbox", class: "options", "aria-label": label, hidden: true });
  const input = make("input", {
    id, type: "text", role: "combobox", "aria-expanded": "false", "aria-controls": `${id}-list`, "aria-autocomplete": "list",
    "aria-label": label, autocomplete: "off", placeholder, maxlength: "200",
  });
  let offered = [], active = -1, timer = null, asked = 0;

  const close = () => {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const choose = (account) => {
    input.value = account.name;
    close();
    onpick(account);
  };
  const mark = (place) => {
    active = (place + offered.length) % offered.length;
    [...list.children].forEach((option, number) => option.setAttribute("aria-selected", String(number === active)));
    input.setAttribute("aria-activedescendant", list.children[active].id);
    list.children[active].scrollIntoView({ block: "nearest" });
  };
  const show = () => {
    const options = offered.map((account, number) => make("li", {
      id: `${id}-${number}`, role: "option", "aria-selected": "false",
      onmousedown: (event) => { event.preventDefault(); choose(account); },
    }, make("span", {}, account.name), make("span", { class: "note" }, account.sector ?? "")));
    list.replaceChildren(...(options.length ? options : [make("li", { class: "note", role: "presentation" }, say("pick.none"))]));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    announce(say("pick.found", { count: offered.length }));
  };
  const search = async () => {
    const mine = (asked += 1);
    try {
      const page = await ask(`/api/accounts?limit=${MOST}&name=${encodeURIComponent(input.value.trim())}`);
      if (mine !== asked || document.activeElement !== input) return;
      offered = page.items;
      show();
    } catch (error) {
      list.replaceChildren(make("li", { class: "note", role: "presentation" }, error.message));
      list.hidden = false;
    }
  };
  input.addEventListener("input", () => {
    onpick(null);
    clearTimeout(timer);
    timer = setTimeout(search, PAUSE_MS);
  });
  input.addEventListener("focus", () => { if (!input.value) search(); });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape" && !list.hidden) { event.stopPropagation(); close(); return; }
    if (event.key === "ArrowDown" && list.hidden) { search(); return; }
    if (list.hidden || !offered.length) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      mark(active + (event.key === "ArrowDown" ? 1 : active < 0 ? 0 : -1));
    } else if (event.key === "Enter") {
      event.preventDefault();
      choose(offered[Math.max(active, 0)]);
    }
  });
  const box = make("div", { class: "picker" }, input, list);
  box.clear = () => { input.value = ""; close(); };
  box.text = () => input.value.trim();
  return box;
}
