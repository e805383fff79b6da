// The page of accounts: found by name.

import { make, say } from "./dom.js";
import { wireFrame } from "./nav.js";
import { nothing, pagedList } from "./parts.js";

const PAUSE_MS = 200;
const page = document.getElementById("page");

function row(account) {
  const about = [account.sector, account.country, account.owner && say("accounts.owner", { name: account.owner })].filter(Boolean);
  return make("li", { class: "row" }, make("a", { class: "row-main", href: `/accounts/${account.id}` },
    make("span", { class: "row-title" }, account.name), make("span", { class: "note" }, about.join(" · "))));
}

function start() {
  wireFrame();
  const box = make("input", { type: "search", id: "name", placeholder: say("pick.placeholder"), maxlength: "200", autocomplete: "off" });
  const place = make("div", {});
  const search = () => {
    const name = box.value.trim();
    place.replaceChildren(pagedList(`/api/accounts?name=${encodeURIComponent(name)}`, row, {
      label: say("title.accounts"), limit: 50, empty: () => nothing(name ? say("accounts.none_named", { name }) : say("accounts.none")),
    }));
  };
  let timer = null;
  box.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(search, PAUSE_MS); });
  page.append(make("p", { class: "lead" }, say("accounts.lead")),
    make("form", { class: "searching", role: "search", onsubmit: (event) => { event.preventDefault(); search(); } },
      make("label", { class: "hidden", for: "name" }, say("accounts.search")), box), place);
  page.setAttribute("aria-busy", "false");
  search();
}

start();
