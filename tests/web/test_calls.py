from typing import Any, cast

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine

from core.clock import Clock
from core.settings import Settings
from db import calls
from db.engine import system_session
from tests.conftest import NOW
from tests.tools.calls.recordings import ABOUT, SPOKEN, tone
from tests.web.calls import Bench, Notes
from tests.web.conftest import OWN_PAGE, Firm
from tests.web.standin import opener
from web.app import build_app


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"audio_megabytes": 1})


@pytest.fixture
def notes() -> Notes:
    return Notes()


@pytest.fixture
def app(settings: Settings, sqlite_engine: Engine, clock: Clock, firm: Firm, notes: Notes) -> FastAPI:
    bench = cast(Any, Bench(settings, sqlite_engine))
    return build_app(
        settings, engine=sqlite_engine, assistant=opener(sqlite_engine, clock), workbench=bench, jobs=lambda: notes
    )


async def _send(
    client: httpx.AsyncClient, headers: dict[str, str], content: bytes, name: str = "a.wav", **fields: str
) -> httpx.Response:
    return await client.post("/api/calls", files={"audio": (name, content)}, data=fields, headers=headers)


async def _told(client: httpx.AsyncClient, firm: Firm, engine: Engine) -> str:
    sent = await _send(client, firm.bearer("Rita"), tone(), account="Rita & Söhne", channel_speakers="rep,customer")
    call_id = str(sent.json()["call_id"])
    with system_session(engine) as session:
        calls.store_transcript(session, call_id, SPOKEN, ABOUT, NOW)
        calls.finish(session, call_id, NOW)
    return call_id


async def test_a_recording_is_accepted_once(client: httpx.AsyncClient, firm: Firm, notes: Notes) -> None:
    first = await _send(client, firm.bearer("Rita"), tone(), account="rita & söhne")
    again = await _send(client, firm.bearer("Rita"), tone())
    assert (first.status_code, again.status_code) == (202, 202)
    call_id = first.json()["call_id"]
    assert again.json() == {"call_id": call_id, "new": False}
    assert notes.asked == {f"call:{call_id}": ("call", {"call_id": call_id})}
    seen = await client.get(f"/api/calls/{call_id}", headers=firm.bearer("Max"))
    assert {key: seen.json()[key] for key in ("status", "progress", "duration", "segments", "signals", "account")} == {
        "status": "queued", "progress": 0.0, "duration": None, "segments": [], "signals": [], "account": "Rita & Söhne",
    }  # fmt: skip


async def test_others_calls_are_not_there(client: httpx.AsyncClient, firm: Firm, sqlite_engine: Engine) -> None:
    call_id = await _told(client, firm, sqlite_engine)
    other = firm.bearer("Ross")
    answers = [
        await client.get(f"/api/calls/{call_id}", headers=other),
        await client.get(f"/api/calls/{call_id}/audio", headers=other),
        await client.delete(f"/api/calls/{call_id}/audio", headers=other),
        await client.patch(f"/api/calls/{call_id}", json={"channel_speakers": ["rep"]}, headers=other),
        await client.patch(f"/api/calls/{call_id}/segments/{call_id}:00000", json={"text": "x"}, headers=other),
        await client.get("/api/calls/nothing", headers=other),
    ]
    assert [(one.status_code, one.json()["code"]) for one in answers] == [(404, "not_found")] * 6
    assert len({one.text for one in answers}) == 1
    refused = await _send(client, other, tone())
    assert (refused.status_code, refused.json()["code"]) == (409, "recording_known")
    assert "Rita" not in refused.text
    assert (await client.get("/api/calls", headers=other)).json()["items"] == []


async def test_what_is_wrong_with_an_upload_is_said(client: httpx.AsyncClient, firm: Firm) -> None:
    rita = firm.bearer("Rita")
    answers = {
        "recording_empty": await _send(client, rita, b""),
        "recording_too_large": await _send(client, rita, b"x" * 1_000_001),
        "unknown_account": await _send(client, rita, tone(), account="Ross & Söhne"),
        "bad_speakers": await _send(client, rita, tone(), channel_speakers="rep,boss"),
        "invalid": await client.post("/api/calls", data={"account": "x"}, headers=rita),
        "forbidden": await _send(client, firm.bearer("Ada"), tone()),
        "not_signed_in": await _send(client, {}, tone()),
    }
    assert {code: one.json()["code"] for code, one in answers.items()} == {code: code for code in answers}
    far = await _send(client, rita, b"x" * 2_000_000)
    assert (far.status_code, far.json()["code"]) == (413, "recording_too_large")


async def test_a_page_of_another_site_hands_in_nothing(
    client: httpx.AsyncClient, firm: Firm, sign_in: Any, notes: Notes
) -> None:
    await sign_in("Rita")
    foreign = await _send(client, {"Origin": "https://evil.test", "Sec-Fetch-Site": "cross-site"}, tone())
    own = await _send(client, OWN_PAGE, tone())
    assert (foreign.status_code, foreign.json()["code"], own.status_code) == (403, "cross_site", 202)


async def test_audio_can_be_sought(client: httpx.AsyncClient, firm: Firm, sqlite_engine: Engine) -> None:
    call_id = await _told(client, firm, sqlite_engine)
    url, rita, sound = f"/api/calls/{call_id}/audio", firm.bearer("Rita"), tone()
    whole = await client.get(url, headers=rita)
    assert (whole.status_code, whole.content, whole.headers["content-type"]) == (200, sound, "audio/wav")
    assert whole.headers["x-content-type-options"] == "nosniff"
    assert whole.headers["content-disposition"] == "inline; filename=\"a.wav\"; filename*=UTF-8''a.wav"
    for asked, status, start, end in (
        ("bytes=0-3", 206, 0, 4),
        ("bytes=100-", 206, 100, len(sound)),
        ("bytes=-10", 206, len(sound) - 10, len(sound)),
        ("bytes=0-0,5-9", 200, 0, len(sound)),
        ("bytes=5-2", 200, 0, len(sound)),
    ):
        part = await client.get(url, headers={**rita, "Range": asked})
        assert (part.status_code, part.content) == (status, sound[start:end]), asked
        if status == 206:
            assert part.headers["content-range"] == f"bytes {start}-{end - 1}/{len(sound)}"
    beyond = await client.get(url, headers={**rita, "Range": "bytes=999999-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(sound)}")
    other = await client.get(url, headers={**rita, "Range": "bytes=0-3", "If-Range": '"older"'})
    assert other.status_code == 200


async def test_a_files_name_cannot_break_out_of_its_header(client: httpx.AsyncClient, firm: Firm) -> None:
    sent = await _send(client, firm.bearer("Rita"), tone(), name='录音 "x";\r\n a.wav')
    audio = await client.get(f"/api/calls/{sent.json()['call_id']}/audio", headers=firm.bearer("Rita"))
    shown = audio.headers["content-disposition"]
    assert shown.startswith('inline; filename="')
    assert shown.count('"') == 2
    assert "%E5%BD%95%E9%9F%B3" in shown


async def test_corrections_are_read_again(
    client: httpx.AsyncClient, firm: Firm, sqlite_engine: Engine, notes: Notes
) -> None:
    call_id = await _told(client, firm, sqlite_engine)
    rita = firm.bearer("Rita")
    segment = (await client.get(f"/api/calls/{call_id}", headers=rita)).json()["segments"][1]
    url = f"/api/calls/{call_id}/segments/{segment['id']}"
    first = await client.patch(url, json={"text": "Your price is too high for us."}, headers=rita)
    again = await client.patch(url, json={"text": "Your price is too high for us."}, headers=rita)
    swapped = await client.patch(f"/api/calls/{call_id}", json={"channel_speakers": ["customer", "rep"]}, headers=rita)
    assert (first.json(), again.json()) == ({"changed": True, "revision": 1}, {"changed": False, "revision": 1})
    assert swapped.json() == {"changed": True, "revision": 2}
    assert [name for name, _ in notes.asked.values()] == ["call", "heard", "heard"]
    after = (await client.get(f"/api/calls/{call_id}", headers=rita)).json()
    assert [(one["speaker"], one["corrected"]) for one in after["segments"]] == [
        ("customer", False),
        ("rep", True),
    ]
    bad = [{}, {"text": " "}, {"speaker": "boss"}, {"text": "x", "start": 3}, {"text": "x" * 4001}]
    assert [(await client.patch(url, json=one, headers=rita)).status_code for one in bad] == [422] * 5


async def test_audio_goes_and_the_words_stay(client: httpx.AsyncClient, firm: Firm, sqlite_engine: Engine) -> None:
    call_id = await _told(client, firm, sqlite_engine)
    rita = firm.bearer("Rita")
    for _ in range(2):
        assert (await client.delete(f"/api/calls/{call_id}/audio", headers=rita)).status_code == 204
    gone = await client.get(f"/api/calls/{call_id}/audio", headers=rita)
    assert (gone.status_code, gone.json()["code"]) == (410, "recording_gone")
    seen = (await client.get(f"/api/calls/{call_id}", headers=rita)).json()
    assert (seen["audio"], len(seen["segments"])) == (False, 2)
    assert seen["warnings"][0]["code"] == "slow"


async def test_a_failure_is_said_in_the_readers_words(
    client: httpx.AsyncClient, firm: Firm, sqlite_engine: Engine
) -> None:
    sent = await _send(client, firm.bearer("Rita"), tone())
    call_id = sent.json()["call_id"]
    with system_session(sqlite_engine) as session:
        calls.fail(session, call_id, code="recording_gone", params={}, now=NOW)
    for lang, word in (("en", "audio"), ("zh", "录音")):
        error = (await client.get(f"/api/calls/{call_id}?lang={lang}", headers=firm.bearer("Rita"))).json()["error"]
        assert (error["code"], word in error["detail"]) == ("recording_gone", True)


async def test_pages_of_calls_join_without_a_gap(client: httpx.AsyncClient, firm: Firm) -> None:
    for pitch in range(300, 305):
        await _send(client, firm.bearer("Rita"), tone(pitch=pitch), name=f"{pitch}.wav")
    names: list[str] = []
    cursor = None
    while True:
        params = {"limit": "2", **({"cursor": cursor} if cursor else {})}
        page = (await client.get("/api/calls", params=params, headers=firm.bearer("Max"))).json()
        names += [item["filename"] for item in page["items"]]
        cursor = page["cursor"]
        if cursor is None:
            break
    assert names == [f"{pitch}.wav" for pitch in range(304, 299, -1)]


async def test_a_failure_names_the_recording_as_its_sender_did(
    client: httpx.AsyncClient, firm: Firm, sqlite_engine: Engine
) -> None:
    sent = await _send(client, firm.bearer("Rita"), tone(), name="Monday's call.wav")
    call_id = sent.json()["call_id"]
    with system_session(sqlite_engine) as session:
        calls.fail(session, call_id, code="not_audio", params={"name": "3f2a-stored"}, now=NOW)
    seen = (await client.get(f"/api/calls/{call_id}", headers=firm.bearer("Rita"))).json()
    assert seen["error"]["detail"].startswith("Monday's call.wav")
