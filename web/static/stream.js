// Server-sent events over POST.

const SILENCE_MS = 40_000; // The server sends a sign of life every 15 s.

/** A turn that did not end in a reply: `kind` is offline, timed_out, stopped, signed_out, problem or broke. */
export class TurnFailed extends Error {
  constructor(kind, detail = null) {
    super(kind);
    this.kind = kind;
    this.detail = detail;
  }
}

function parse(block) {
  let event = "message";
  const data = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("event:")) event = line.slice(6).trim();
    else if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
  }
  return data.length ? { event, data: JSON.parse(data.join("\n")) } : null;
}

async function* blocks(body, alive) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let waiting = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    alive();
    waiting += value;
    const parts = waiting.split("\n\n");
    waiting = parts.pop();
    yield* parts;
  }
}

async function refuse(response) {
  if (response.status === 401) throw new TurnFailed("signed_out");
  let detail = null;
  try {
    detail = (await response.json()).detail;
  } catch { /* Not ours, perhaps a proxy's page. */ }
  throw new TurnFailed(detail ? "problem" : "broke", detail);
}

/** Take one turn; calls `on[event](data)` for each event and ends when the reply has come. */
export async function takeTurn(message, { on, signal }) {
  const silence = new AbortController();
  let timer;
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), SILENCE_MS);
  };
  alive();
  try {
    const response = await fetch("/api/chat/stream", {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "text/event-stream" },
      body: JSON.stringify(message),
      signal: AbortSignal.any([signal, silence.signal]),
    });
    if (!response.ok) await refuse(response);
    let ended = false;
    for await (const block of blocks(response.body, alive)) {
      const found = parse(block);
      if (!found) continue;
      if (found.event === "error") throw new TurnFailed("problem", found.data.detail);
      on[found.event]?.(found.data);
      ended ||= found.event === "reply";
    }
    if (!ended) throw new TurnFailed("broke");
  } catch (error) {
    if (error instanceof TurnFailed) throw error;
    if (signal.aborted) throw new TurnFailed("stopped");
    if (silence.signal.aborted) throw new TurnFailed("timed_out");
    throw new TurnFailed(error instanceof TypeError ? "offline" : "broke");
  } finally {
    clearTimeout(timer);
  }
}
