"""Signals over HTTP: exact shapes, nothing stored by detect, labels that teach, trackers tried in one's scope."""

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, func, select

from core.clock import Clock
from core.settings import Settings
from db.engine import system_session
from db.labels import read_labels
from db.tables import Signal
from db.trackers import active_trackers
from tests.fixtures.signals import open_shared
from tests.web.conftest import Firm
from tests.web.standin import opener
from tools.signals.detector import Detector
from tools.signals.examples import Example
from tools.signals.trackers import Trackers
from web.app import build_app


class Bench:
    """Only the detector."""

    def __init__(self, detector: Detector) -> None:
        self.signals = detector

    def close(self) -> None:
        self.signals.close()


@pytest.fixture
def app(
    settings: Settings, sqlite_engine: Engine, clock: Clock, firm: Firm, tmp_path_factory: pytest.TempPathFactory
) -> FastAPI:
    trackers = Trackers(lambda: active_trackers(sqlite_engine))
    trackers.forget()

    def labels() -> list[Example]:
        rows = read_labels(sqlite_engine)
        return [Example(one.text, tuple((k, one.text) for k in one.kinds), one.sentiment, one.lang) for one in rows]

    detector = open_shared(tmp_path_factory, labels=labels, finders=[trackers])
    assistant = opener(sqlite_engine, clock)
    return build_app(settings, engine=sqlite_engine, assistant=assistant, workbench=Bench(detector))  # type: ignore[arg-type]


def ask(*items: tuple[str, str]) -> dict[str, object]:
    return {
        "items": [
            {"id": f"i{at}", "text": text, "speaker": who, "channel": "email"} for at, (who, text) in enumerate(items)
        ]
    }


async def test_detect_answers_in_the_promised_shape(
    client: httpx.AsyncClient, firm: Firm, sqlite_engine: Engine
) -> None:
    asked = ask(("customer", "This is far too expensive for us."), ("rep", "It is too expensive, you say?"))
    answer = await client.post("/api/signals/detect", json=asked, headers=firm.bearer("Rita"))
    assert answer.status_code == 200, answer.text
    first, second = answer.json()["items"]
    assert first["id"] == "i0"
    found = first["signals"][0]
    assert set(found) == {"kind", "quote", "start", "end", "confidence"}
    assert found["kind"] == "price_sensitivity"
    assert "This is far too expensive for us."[found["start"] : found["end"]] == found["quote"]
    assert set(first["sentiment"]) == {"label", "score"}
    assert second == {"id": "i1", "signals": [], "sentiment": {"label": "neutral", "score": 0.0}}
    with system_session(sqlite_engine) as session:
        assert session.scalar(select(func.count(Signal.id))) == 0


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"items": [{"id": "a"}]},
        ask(("judge", "hi")),
        {"items": [{"id": "a", "text": "x" * 20_001, "speaker": "rep"}]},
    ],
)
async def test_what_is_wrong_is_refused(client: httpx.AsyncClient, firm: Firm, body: dict[str, object]) -> None:
    answer = await client.post("/api/signals/detect", json=body, headers=firm.bearer("Rita"))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


async def test_nobody_is_answered_without_a_token(client: httpx.AsyncClient) -> None:
    assert (await client.post("/api/signals/detect", json=ask())).status_code == 401
    assert (await client.get("/api/signals")).status_code == 401
    assert (await client.get("/api/trackers")).status_code == 401


async def test_the_list_is_empty_before_anything_was_said(client: httpx.AsyncClient, firm: Firm) -> None:
    answer = await client.get("/api/signals?since=2026-01-01T00:00:00Z&limit=5", headers=firm.bearer("Rita"))
    assert answer.json() == {"items": [], "cursor": None}
    assert (await client.get("/api/signals?cursor=x", headers=firm.bearer("Rita"))).status_code == 400


async def test_a_label_teaches_at_once(client: httpx.AsyncClient, firm: Firm) -> None:
    label = {"text": "We would need a bigger boat for that.", "kinds": ["demand"], "sentiment": "neutral"}
    assert (
        await client.post("/api/signals/labels", json={"items": [label]}, headers=firm.bearer("Rita"))
    ).status_code == 403
    answer = await client.post("/api/signals/labels", json={"items": [label]}, headers=firm.bearer("Dora"))
    assert answer.status_code == 200, answer.text
    learnt = answer.json()
    assert learnt["labels"] == 1
    assert learnt["active"] is True
    assert 0.5 < learnt["before"] <= 1
    kept = await client.get("/api/signals/labels", headers=firm.bearer("Dora"))
    assert kept.json() == [label]
    wrong = {"items": [{"text": "x", "kinds": ["joy"]}]}
    assert (await client.post("/api/signals/labels", json=wrong, headers=firm.bearer("Dora"))).status_code == 422


async def test_a_tracker_is_described_tried_and_switched_on(client: httpx.AsyncClient, firm: Firm) -> None:
    described = {"name": "sample", "examples": ["Could you send us a sample first?"], "phrases": ["trial unit"]}
    assert (await client.post("/api/trackers", json=described, headers=firm.bearer("Rita"))).status_code == 403
    made = await client.post("/api/trackers", json=described, headers=firm.bearer("Max"))
    assert made.status_code == 201, made.text
    assert made.json()["on"] is False
    again = await client.post("/api/trackers", json=described, headers=firm.bearer("Max"))
    assert (again.status_code, again.json()["code"]) == (409, "tracker_exists")
    line = {"external_id": "m1", "speaker": "customer", "text": "Hello. Can we get a trial unit?"}
    said = {"external_id": "c1", "channel": "wechat", "messages": [line | {"at": "2026-06-01T09:00:00Z"}]}
    await client.post("/api/messages", json={"conversations": [said]}, headers=firm.bearer("Rita"))
    address = f"/api/trackers/{made.json()['id']}"
    tried = (await client.post(f"{address}/try", json={}, headers=firm.bearer("Max"))).json()
    assert (tried["read"], [hit["quote"] for hit in tried["hits"]]) == (1, ["trial unit"])
    other = (await client.post(f"{address}/try", json={}, headers=firm.bearer("Ross"))).json()
    assert other == {"read": 0, "hits": []}
    changed = await client.patch(address, json={"on": True}, headers=firm.bearer("Max"))
    assert changed.json()["on"] is True
    found = await client.post(
        "/api/signals/detect", json=ask(("customer", "a trial unit?")), headers=firm.bearer("Rita")
    )
    assert "sample" in {one["kind"] for one in found.json()["items"][0]["signals"]}
    assert (await client.patch("/api/trackers/999", json={"on": True}, headers=firm.bearer("Max"))).status_code == 404
