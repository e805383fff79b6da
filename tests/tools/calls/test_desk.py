import hashlib
import io
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from core.calls import RecordingTooLarge
from core.errors import Forbidden, NotFound
from core.settings import Settings
from db import calls
from db.calls import RecordingKnown
from db.engine import system_session
from db.tables import Account, Arrival, AuditEntry, Call, Contact, Conversation, Message, Segment, Signal
from tests.db.company import NOW, Small, build
from tests.tools.calls.recordings import ABOUT, SPOKEN, tone
from tools.calls.desk import BadSpeakers, CallDesk, UnknownAccount, clean_name, hints_of
from tools.calls.storage import RecordingEmpty, RecordingGone


@pytest.fixture
def small(engine: object) -> Small:
    return build(engine)  # type: ignore[arg-type]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, now=NOW, audio_megabytes=1, audio_days=30, _env_file=None)


@pytest.fixture
def desk(settings: Settings, small: Small) -> CallDesk:
    return CallDesk(settings, small.engine)


def _files(settings: Settings) -> list[Path]:
    return [file for file in (settings.var / "files").rglob("*") if file.is_file()]


def _count(small: Small, model: type) -> int:
    with system_session(small.engine) as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_recording_is_a_call_by_its_content(desk: CallDesk, small: Small, settings: Settings) -> None:
    sound = tone()
    first = desk.receive(small.people["Ann"], io.BytesIO(sound), "talk.wav", account="Ann Ltd")
    again = desk.receive(small.people["Ann"], io.BytesIO(sound), "copy.wav")
    assert first.call_id == again.call_id == hashlib.sha256(sound).hexdigest()
    assert (first.new, again.new, first.key) == (True, False, f"call:{first.call_id}")
    assert first.key == again.key
    assert [file.read_bytes() for file in _files(settings)] == [sound]
    assert _count(small, Call) == 1
    view = desk.call(small.people["Max"], first.call_id)
    assert (view.row.account, view.row.status, view.row.filename) == ("Ann Ltd", "queued", "talk.wav")


def test_two_at_once_are_one_call(desk: CallDesk, small: Small, settings: Settings) -> None:
    sound = tone(pitch=300)

    def send(number: int) -> str:
        return desk.receive(small.people["Ann"], io.BytesIO(sound), f"{number}.wav").call_id

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(send, range(8)))) == 1
    assert (_count(small, Call), len(_files(settings))) == (1, 1)


def test_a_recording_of_someone_elses_call_is_refused_and_not_kept(
    desk: CallDesk, small: Small, settings: Settings
) -> None:
    desk.receive(small.people["Ann"], io.BytesIO(tone()), "a.wav")
    with pytest.raises(RecordingKnown) as refused:
        desk.receive(small.people["Cy"], io.BytesIO(tone()), "b.wav")
    assert refused.value.params == {}
    assert len(_files(settings)) == 1


def test_a_failed_call_is_tried_again_under_another_key(desk: CallDesk, small: Small) -> None:
    first = desk.receive(small.people["Ann"], io.BytesIO(tone()), "a.wav")
    with system_session(small.engine) as session:
        calls.fail(session, first.call_id, code="bug", params={}, now=NOW)
    again = desk.receive(small.people["Ann"], io.BytesIO(tone()), "a.wav")
    assert again.key == f"call:{first.call_id}:1"
    assert desk.call(small.people["Ann"], first.call_id).row.status == "queued"
    assert desk.receive(small.people["Ann"], io.BytesIO(tone()), "a.wav").key == again.key


@pytest.mark.parametrize(("content", "refused"), [(b"", RecordingEmpty), (b"x" * 1_000_001, RecordingTooLarge)])
def test_what_is_no_size_for_a_recording_leaves_nothing(
    desk: CallDesk, small: Small, settings: Settings, content: bytes, refused: type[Exception]
) -> None:
    with pytest.raises(refused):
        desk.receive(small.people["Ann"], io.BytesIO(content), "a.wav")
    assert (_files(settings), _count(small, Call)) == ([], 0)


@pytest.mark.parametrize("account", ["Cy Ltd", "No Such Firm"])
def test_an_account_not_among_the_senders_is_unknown_in_the_same_words(
    desk: CallDesk, small: Small, account: str
) -> None:
    with pytest.raises(UnknownAccount) as refused:
        desk.receive(small.people["Ann"], io.BytesIO(tone()), "a.wav", account=account)
    assert refused.value.params == {"account": account}


def test_an_account_is_found_by_id_external_id_and_name(desk: CallDesk, small: Small) -> None:
    with system_session(small.engine) as session:
        account = session.scalars(select(Account.id).where(Account.external_id == "Ann")).one()
    wanted_as: tuple[int | str, ...] = (account, str(account), "Ann", "ANN ltd")
    for number, wanted in enumerate(wanted_as):
        sent = desk.receive(small.people["Ann"], io.BytesIO(tone(pitch=200 + number)), "a.wav", account=wanted)
        assert desk.call(small.people["Ann"], sent.call_id).row.account_id == account


def test_a_call_is_the_reps_who_brought_it_else_the_accounts_owners(desk: CallDesk, small: Small) -> None:
    def owner(name: str | None, pitch: float, account: str | None) -> int | None:
        by = small.people[name] if name else None
        sent = desk.receive(by, io.BytesIO(tone(pitch=pitch)), "a.wav", account=account)
        with system_session(small.engine) as session:
            return session.get_one(Conversation, sent.conversation_id).owner_id

    ids = {name: person.person_id for name, person in small.people.items()}
    assert owner("Ann", 201, "Ann Ltd") == ids["Ann"]
    assert owner("Max", 202, "Ann Ltd") == ids["Ann"]
    assert owner("Max", 203, None) == ids["Max"]
    assert owner(None, 204, "Cy Ltd") == ids["Cy"]
    assert owner(None, 205, None) is None


@pytest.mark.parametrize("name", ["Tess", "Adam"])
def test_who_sees_no_customer_hands_in_nothing(desk: CallDesk, small: Small, name: str) -> None:
    with pytest.raises(Forbidden):
        desk.receive(small.people[name], io.BytesIO(tone()), "a.wav")


def test_a_call_without_account_is_matched_by_its_name_or_waits(desk: CallDesk, small: Small) -> None:
    with system_session(small.engine) as session:
        session.scalars(select(Contact).where(Contact.name == "Ann")).one().phone = "+86 138 0013 8000"
    by = small.people["Ann"]
    number = desk.receive(by, io.BytesIO(tone(pitch=301)), "2026-06-12_13800138000.wav")
    name = desk.receive(by, io.BytesIO(tone(pitch=302)), "Ann_Ltd.wav")
    other = desk.receive(by, io.BytesIO(tone(pitch=303)), "recording 7.wav")
    seen = {row.call_id: row.account for row in desk.calls(by)}
    assert seen == {number.call_id: "Ann Ltd", name.call_id: "Ann Ltd", other.call_id: None}
    with system_session(small.engine) as session:
        states = {row.conversation_id: row.state for row in session.scalars(select(Arrival))}
    assert states == {
        number.conversation_id: "matched",
        name.conversation_id: "matched",
        other.conversation_id: "waiting",
    }


def test_bad_speakers_are_refused(desk: CallDesk, small: Small) -> None:
    with pytest.raises(BadSpeakers):
        desk.receive(small.people["Ann"], io.BytesIO(tone()), "a.wav", channel_speakers=["rep", "boss"])


def _told(desk: CallDesk, small: Small, pitch: float = 440) -> str:
    sent = desk.receive(small.people["Ann"], io.BytesIO(tone(pitch=pitch)), "a.wav", account="Ann")
    with system_session(small.engine) as session:
        calls.advance(session, sent.call_id, step="transcribe", progress=0.5)
        calls.store_transcript(session, sent.call_id, SPOKEN, ABOUT, NOW)
        said = session.scalars(select(Message).where(Message.external_id == f"{sent.call_id}:00001")).one()
        session.add(
            Signal(
                message_id=said.id, conversation_id=sent.conversation_id, kind="price_sensitivity", quote="two high",
                start=14, end=22, confidence=0.9, method="rules", at=said.at, found_at=NOW,
            )
        )  # fmt: skip
        calls.finish(session, sent.call_id, NOW)
    return sent.call_id


def test_a_call_shows_what_was_said_and_what_it_signals(desk: CallDesk, small: Small) -> None:
    call_id = _told(desk, small)
    view = desk.call(small.people["Max"], call_id)
    assert [(line.speaker, line.start, line.low) for line in view.segments] == [
        ("rep", 0.5, ()),
        ("customer", 2.5, ((14, 17),)),
    ]
    assert [(one.kind, one.quote, one.second) for one in view.signals] == [("price_sensitivity", "two high", 2.5)]
    assert (view.coverage, view.warnings, view.row.progress, view.row.status) == (0.97, ("slow",), 1.0, "done")
    with pytest.raises(NotFound):
        desk.call(small.people["Cy"], call_id)


def test_storing_a_transcript_again_keeps_the_messages(desk: CallDesk, small: Small) -> None:
    call_id = _told(desk, small)
    with system_session(small.engine) as session:
        before = {row.external_id: row.id for row in session.scalars(select(Message).where(Message.source == "call"))}
        calls.store_transcript(session, call_id, SPOKEN[1:], ABOUT, NOW)
    with system_session(small.engine) as session:
        after = {row.external_id: row.id for row in session.scalars(select(Message).where(Message.source == "call"))}
    assert len(before) == 2
    assert after == {key: before[key] for key in list(before)[:1]}


def test_a_correction_keeps_times_and_is_read_again_once(desk: CallDesk, small: Small) -> None:
    call_id = _told(desk, small)
    ann = small.people["Ann"]
    message = desk.call(ann, call_id).segments[1].message
    first = desk.correct(ann, call_id, message, text="Your price is too high for us.")
    again = desk.correct(ann, call_id, message, text="Your price  is too high for us.")
    assert (first.changed, again.changed, first.key == again.key) == (True, False, True)
    view = desk.call(ann, call_id)
    line = view.segments[1]
    assert (line.text, line.corrected, line.low, view.signals) == ("Your price is too high for us.", True, (), ())
    assert [(word["word"], word["start"]) for word in line.words][2:5] == [
        (" is", pytest.approx(3.1)),
        (" too", pytest.approx(3.4)),
        (" high", pytest.approx(3.7)),
    ]
    back = desk.correct(ann, call_id, message, speaker="rep")
    assert back.key != first.key
    with system_session(small.engine) as session:
        details = [row.detail for row in session.scalars(select(AuditEntry).where(AuditEntry.action == "call.correct"))]
    assert [detail["what"] for detail in details] == [["text"], ["speaker"]]
    assert "too high" not in str(details)


def test_transcribing_again_leaves_corrections(desk: CallDesk, small: Small) -> None:
    call_id = _told(desk, small)
    ann = small.people["Ann"]
    desk.correct(ann, call_id, desk.call(ann, call_id).segments[1].message, text="Too dear.")
    with system_session(small.engine) as session:
        calls.store_transcript(session, call_id, SPOKEN, ABOUT, NOW)
    assert [line.text for line in desk.call(ann, call_id).segments] == ["How can I help?", "Too dear."]


def test_the_legs_can_be_swapped(desk: CallDesk, small: Small) -> None:
    call_id = _told(desk, small)
    ann = small.people["Ann"]
    swapped = desk.set_speakers(ann, call_id, ["customer", "rep"])
    again = desk.set_speakers(ann, call_id, ["customer", "rep"])
    assert [line.speaker for line in desk.call(ann, call_id).segments] == ["customer", "rep"]
    assert (swapped.changed, again.changed, swapped.revision) == (True, False, again.revision)
    with pytest.raises(NotFound):
        desk.set_speakers(small.people["Cy"], call_id, ["customer", "rep"])


def test_audio_goes_and_words_stay(desk: CallDesk, small: Small, settings: Settings) -> None:
    call_id = _told(desk, small)
    ann = small.people["Ann"]
    assert b"".join(desk.audio(ann, call_id).read(0, 4)) == b"RIFF"
    assert desk.audio(ann, call_id).media_type == "audio/wav"
    with pytest.raises(NotFound):
        desk.erase_audio(small.people["Cy"], call_id)
    desk.erase_audio(ann, call_id)
    desk.erase_audio(ann, call_id)
    assert _files(settings) == []
    with pytest.raises(RecordingGone):
        desk.audio(ann, call_id)
    view = desk.call(ann, call_id)
    assert (view.audio, len(view.segments)) == (False, 2)


def test_old_audio_is_swept_and_so_are_files_of_no_call(desk: CallDesk, small: Small, settings: Settings) -> None:
    kept, old = _told(desk, small, 300), _told(desk, small, 301)
    desk.storage.write("calls/ab/lost", b"lost")
    orphan = settings.var / "files" / "calls" / "ab" / "lost"
    with system_session(small.engine) as session:
        calls.call_of(session, old).created_at = NOW - timedelta(days=31)
    os.utime(orphan, (1, 1))
    assert desk.sweep() == 2
    assert desk.sweep() == 0
    assert [desk.call(small.people["Ann"], one).audio for one in (kept, old)] == [True, False]
    assert not orphan.exists()
    assert _count(small, Segment) == 4


def test_storage_may_be_elsewhere(small: Small, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, now=NOW, files_url="memory://recordings", _env_file=None)
    desk = CallDesk(settings, small.engine)
    sent = desk.receive(small.people["Ann"], io.BytesIO(tone()), "a.wav")
    audio = desk.audio(small.people["Ann"], sent.call_id)
    assert b"".join(audio.read(0, audio.size)) == tone()
    with desk.storage.local(desk.storage.put(io.BytesIO(b"abc"), "calls", megabytes=1).name) as path:
        assert path.read_bytes() == b"abc"
    assert _files(settings) == []


@pytest.mark.parametrize(
    ("name", "clean"),
    [("../../etc/passwd", "passwd"), ("C:\\calls\\a.wav", "a.wav"), ("a\x00b\r\n.wav", "ab.wav"), ("", "recording")],
)
def test_names_of_files_are_only_names(name: str, clean: str) -> None:
    assert clean_name(name) == clean


def test_hints_of_a_name_are_its_words_and_numbers() -> None:
    assert hints_of("Li_Wei__+86 138 0013 8000.m4a") == ("Li Wei +86 138 0013 8000", "+86 138 0013 8000")
