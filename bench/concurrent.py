"""100 askers at once over HTTP for 60 s against two server processes."""

import asyncio
import socket
import sys
import time
from pathlib import Path

import httpx
import yaml

from bench.figures import demo_home, emit, quantile, served, tokens_of

ASKERS = 100
SECONDS = 60


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def wait_until_up(client: httpx.AsyncClient) -> None:
    """Return once the server says it is ready; give up after 30 s."""
    for _ in range(300):
        try:
            if (await client.get("/readyz")).status_code == 200:
                return
        except httpx.TransportError:
            pass
        await asyncio.sleep(0.1)
    raise SystemExit("the server did not come up in 30 s")


async def ask_on(client: httpx.AsyncClient, token: str, first: int, until: float) -> list[float | None]:
    """One asker's turns until the time is up: seconds each, None for a failure."""
    questions = yaml.safe_load((Path(__file__).parent / "questions.yaml").read_text(encoding="utf-8"))
    taken: list[float | None] = []
    while time.perf_counter() < until:
        body = {"message": questions[(first + len(taken)) % len(questions)]}
        start = time.perf_counter()
        try:
            reply = await client.post("/api/chat", json=body, headers={"Authorization": f"Bearer {token}"})
        except httpx.TransportError:
            taken.append(None)
            continue
        fine = reply.status_code == 200
        if not fine:
            print(reply.status_code, reply.text, body, file=sys.stderr)
        taken.append(time.perf_counter() - start if fine else None)
    return taken


async def measure(base_url: str, tokens: list[str]) -> None:
    """Run the askers and print what they saw."""
    limits = httpx.Limits(max_connections=ASKERS, max_keepalive_connections=ASKERS)
    async with httpx.AsyncClient(base_url=base_url, limits=limits, timeout=30) as client:
        await wait_until_up(client)
        await ask_on(client, tokens[0], 0, time.perf_counter() + 2)
        start = time.perf_counter()
        asking = (ask_on(client, tokens[asker % len(tokens)], asker, start + SECONDS) for asker in range(ASKERS))
        taken = [turn for turns in await asyncio.gather(*asking) for turn in turns]
        elapsed = time.perf_counter() - start
    fine = [turn for turn in taken if turn is not None]
    emit("concurrent_turns_per_second", len(fine) / elapsed, "turns/s", goal=">= 60", n=len(taken))
    emit("concurrent_p50", quantile(fine, 50), "s", goal="none set", n=len(fine))
    emit("concurrent_p95", quantile(fine, 95), "s", goal="<= 2", n=len(fine))
    emit("concurrent_errors", len(taken) - len(fine), "turns", goal="0", n=len(taken))


def main() -> None:
    """Serve the demo company with two processes and measure."""
    port = free_port()
    with demo_home() as settings:
        tokens = tokens_of(settings, ("rep", "manager", "director"))
        with served(settings, "--processes", "2", port=port):
            asyncio.run(measure(f"http://127.0.0.1:{port}", tokens))


if __name__ == "__main__":
    main()
