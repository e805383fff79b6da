// Asking our API: what came back, or words for why not.

import { make, say } from "./dom.js";

/** A request that did not succeed; `message` is for people, `status` 0 where no answer came. */
export class Refused extends Error {
  constructor(message, status = 0, code = null) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** The JSON of a response, null where it has none; Refused if it is no success. */
export async function read(response) {
  if (response.ok) return response.status === 204 ? null : response.json();
  if (response.status === 401) throw new Refused(say("signed_out"), 401);
  const problem = await response.json().catch(() => ({}));
  const fields = (problem.errors ?? []).map((one) => one.detail).join(" ");
  throw new Refused([problem.detail, fields].filter(Boolean).join(" ") || say("broke"), response.status, problem.code);
}

/** Send a request and read its answer. */
export async function ask(path, { method = "GET", body, signal } = {}) {
  const headers = body === undefined ? {} : { "Content-Type": "application/json" };
  let response;
  try {
    response = await fetch(path, { method, headers, signal, body: body === undefined ? undefined : JSON.stringify(body) });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(say("no_network"));
  }
  return read(response);
}

/** A failure in words, with the way on: sign in, or try again. */
export function showRefused(error, retry) {
  const text = error instanceof Refused ? error.message : say("broke");
  if (!(error instanceof Refused)) console.error(error);
  let way = null;
  if (error.status === 401) way = make("a", { href: "/sign-in" }, say("sign_in"));
  else if (error.status === 404) way = null;
  else if (retry) way = make("button", { type: "button", onclick: retry }, say("try_again"));
  return make("div", { class: "failed", role: "alert" }, make("p", {}, text), way);
}
