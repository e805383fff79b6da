"""From `dealhand serve` to the first answer, on an installed environment with its records loaded."""

import time

import httpx

from bench.concurrent import free_port
from bench.figures import demo_home, emit, quantile, served, tokens_of

STARTS = 5


def first_answer(base_url: str, token: str) -> None:
    """Ask until the server answers; give up after 60 s."""
    until = time.perf_counter() + 60
    body = {"message": "revenue by region last quarter"}
    while time.perf_counter() < until:
        try:
            reply = httpx.post(
                f"{base_url}/api/chat", json=body, headers={"Authorization": f"Bearer {token}"}, timeout=30
            )
        except httpx.TransportError:
            time.sleep(0.02)
            continue
        if reply.status_code == 200 and reply.json()["status"] == "answered":
            return
        raise SystemExit(reply.text)
    raise SystemExit("no answer in 60 s")


def main() -> None:
    """Start the server several times and print the median."""
    taken: list[float] = []
    with demo_home() as settings:
        token = tokens_of(settings, ("director",))[0]
        for _ in range(STARTS):
            port = free_port()
            start = time.perf_counter()
            with served(settings, port=port):
                first_answer(f"http://127.0.0.1:{port}", token)
                taken.append(time.perf_counter() - start)
    emit("cold_first_answer", quantile(taken, 50), "s", goal="<= 6", n=len(taken))
    emit("cold_first_answer_max", max(taken), "s", goal="none set", n=len(taken))


if __name__ == "__main__":
    main()
