// Handing recordings in: chosen or dropped, one after the other, each with its progress.

import { Refused } from "./api.js";
import { announce, make, say } from "./dom.js";
import { accountPicker } from "./picker.js";

const SPEAKERS = ["", "rep,customer", "customer,rep", "customer", "rep"];

/** Send one recording; `progress(share)` hears how far it is. Resolves to what the API says of it. */
function send(file, fields, progress) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) if (value) form.append(name, value);
  form.append("audio", file, file.name);
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/api/calls");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) progress(event.loaded / event.total); });
    request.addEventListener("error", () => failed(new Refused(say("no_network"))));
    request.addEventListener("load", () => {
      if (request.status === 202) done(request.response);
      else if (request.status === 401) failed(new Refused(say("signed_out"), 401));
      else failed(new Refused(request.response?.detail ?? say("broke"), request.status, request.response?.code));
    });
    request.send(form);
  });
}

function sending(file) {
  const bar = make("progress", { max: "1", value: "0", "aria-label": say("upload.sending", { name: file.name }) });
  const note = make("span", { class: "note" }, say("upload.waiting"));
  const row = make("li", { class: "sending" }, make("span", { class: "sending-name" }, file.name), bar, note);
  return {
    row,
    progress: (share) => {
      bar.value = share;
      note.textContent = share < 1 ? `${Math.floor(share * 100)} %` : say("upload.keeping");
    },
    end: (text, address) => {
      bar.remove();
      note.replaceWith(make("span", { class: "note" }, text, " ", address ? make("a", { href: address }, say("upload.open")) : null));
      announce(text);
    },
    fail: (text, retry) => {
      bar.remove();
      const again = retry ? make("button", { type: "button", class: "quiet", onclick: retry }, say("try_again")) : null;
      note.replaceWith(make("span", { class: "bad", role: "alert" }, text, " ", again));
    },
  };
}

/** The form that takes recordings in; `taken()` is called after each that arrived. */
export function uploadForm(taken) {
  let account = null;
  const rows = make("ul", { class: "sendings" });
  const picker = accountPicker({ label: say("upload.account"), onpick: (found) => { account = found; } });
  const speakers = make("select", { id: "speakers" },
    SPEAKERS.map((value) => make("option", { value }, say(`upload.speakers_${value.replace(",", "_") || "unknown"}`))));
  const chosen = make("input", { type: "file", id: "recordings", accept: "audio/*,video/mp4,.amr,.silk,.opus", multiple: true, class: "hidden" });

  const one = async (file) => {
    const shown = sending(file);
    rows.append(shown.row);
    // What was typed counts even where nothing was picked: the server knows the name, or says so.
    const fields = { account: account ? String(account.id) : picker.text(), channel_speakers: speakers.value };
    try {
      const { call_id, new: fresh } = await send(file, fields, shown.progress);
      shown.end(say(fresh ? "upload.taken" : "upload.known", { name: file.name }), `/calls/${call_id}`);
      taken();
    } catch (error) {
      const again = error.status === 0 || error.status === 422 || error.status >= 500;
      shown.fail(error.message, again ? () => { shown.row.remove(); one(file); } : null);
    }
  };
  const all = async (files) => {
    for (const file of files) await one(file);
  };
  chosen.addEventListener("change", () => { all([...chosen.files]); chosen.value = ""; });

  const button = make("button", { type: "button", class: "button", onclick: () => chosen.click() }, say("upload.choose"));
  const zone = make("div", { class: "drop" },
    make("p", { class: "drop-lead" }, say("upload.lead")),
    make("p", { class: "note" }, say("upload.formats")),
    button, chosen);
  wireDrop(zone, all);
  return make("section", { class: "upload", "aria-label": say("upload.title") }, zone,
    make("div", { class: "fields" },
      make("div", { class: "field" }, make("span", { class: "small" }, say("upload.account")), picker),
      make("div", { class: "field" }, make("label", { class: "small", for: "speakers" }, say("upload.speakers")), speakers)),
    rows);
}

function wireDrop(zone, take) {
  const over = (event) => {
    if (![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    zone.classList.add("over");
  };
  addEventListener("dragover", over);
  addEventListener("dragleave", (event) => { if (!event.relatedTarget) zone.classList.remove("over"); });
  addEventListener("drop", (event) => {
    zone.classList.remove("over");
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    take([...event.dataTransfer.files]);
  });
}
