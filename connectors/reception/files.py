"""Files that come with a message: recordings become calls, everything else is said to be unread."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.orm import Session

from connectors.reception.answers import Answers
from connectors.reception.caller import Caller
from connectors.reception.house import House
from connectors.reception.outcome import WATCH, Outcome, aside, put, reply_to
from core.calls import Received
from core.channels import Arrived, Attachment, Content, FileTooLarge
from core.errors import UserError
from core.wording import explain, say
from db import inbound
from db.inbound import Taken

SOUND = (".wav", ".mp3", ".m4a", ".ogg", ".oga", ".opus", ".flac", ".aac", ".amr", ".webm", ".mp4", ".wma", ".aiff")


@dataclass
class Files:
    """Takes recordings to where calls are heard."""

    house: House
    answers: Answers

    async def take(self, taken: Taken, caller: Caller) -> Outcome:
        """Have every recording heard, and have its progress shown in the answer; the words with them are answered."""
        arrived, lang = taken.arrived, caller.lang
        recordings = [one for one in arrived.files if is_sound(one)]
        others = [one.name for one in arrived.files if not is_sound(one)]
        note = say("chat.unread", lang, names=", ".join(others)) if others else ""
        if not recordings:
            if arrived.text.strip():
                return await self.answers.answer(taken, caller, arrived.text, note)
            return Outcome((reply_to(taken, aside(arrived, Content(lang=lang, text=note))),))
        await self._show(taken, caller, [say("chat.call.fetching", lang, name=one.name) for one in recordings])
        calls: list[str] = []
        notes = [note] if note else []
        for one in recordings:
            try:
                received = await self._receive(taken, caller, one)
                calls.append(received.call_id)
            except UserError as error:
                notes.append(explain(error, lang))
        if not calls:
            return Outcome((reply_to(taken, aside(arrived, Content(lang=lang, text="\n".join(notes)))),))
        return Outcome(only_if=caller.person, more=(self._watched(taken, calls, notes, lang),))

    async def _receive(self, taken: Taken, caller: Caller, file: Attachment) -> Received:
        settings, house = self.house.settings, self.house
        most = settings.audio_megabytes * 1_000_000
        if file.size is not None and file.size > most:
            raise FileTooLarge(name=file.name, megabytes=settings.audio_megabytes)
        with TemporaryDirectory(prefix="dealhand-") as folder:
            path = Path(folder) / "file"
            await house.channels[taken.arrived.channel].fetch(file, path, most)
            received = await house.run(lambda: house.bench.calls.receive(caller.person, path, file.name))
        if house.jobs is not None:
            house.jobs.enqueue("call", received.key, {"call_id": received.call_id})
        return received

    async def _show(self, taken: Taken, caller: Caller, lines: list[str]) -> None:
        content = Content(lang=caller.lang, text="\n".join(lines), busy=True)
        words = reply_to(taken, aside(taken.arrived, content))
        await self.house.write(partial(put, say=words, person=caller.person, now=self.house.clock.now()))
        self.house.sent()

    def _watched(self, taken: Taken, calls: list[str], notes: list[str], lang: str) -> Callable[[Session], object]:
        """Have the calls watched in a lane of their own, so that the person can go on talking."""
        told = {"calls": calls, "notes": notes, "reply": taken.id, "lang": lang}
        arrived: Arrived = taken.arrived.model_copy(
            update={
                "key": f"{WATCH}:{taken.id}",
                "text": "",
                "files": (),
                "extra": {**taken.arrived.extra, WATCH: told},
            }
        )
        return lambda session: inbound.claim(session, arrived, self.house.clock.now(), lane=f"{WATCH}:{taken.id}")


def is_sound(file: Attachment) -> bool:
    """Whether it says it is a recording; what it really is shows when it is read."""
    kind = (file.mime or "").partition("/")[0]
    return file.voice or kind in ("audio", "video") or file.name.lower().endswith(SOUND)
