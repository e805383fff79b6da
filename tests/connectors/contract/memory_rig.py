"""The rig of the in-memory channel: the smallest example."""

from itertools import count
from typing import Any

from connectors.memory import SECRET, Board, Fault, Memory
from core.channels import Arrived, Attachment, BadSignature
from core.ports import Accept
from tests.conftest import NOW
from tests.connectors.contract.rig import Event, Seen, Trouble, Where


class MemoryRig:
    """A board, and people around it."""

    name = "memory"

    def __init__(self) -> None:
        self.board = Board()
        self.channel = Memory(self.board)
        self._numbers = count(1)

    async def open(self, accept: Accept) -> None:
        self._accept = accept

    async def close(self) -> None:
        pass

    async def restart(self) -> None:
        self.channel = Memory(self.board)

    def account(self, who: str) -> str:
        return f"u-{who}"

    def said(
        self,
        text: str,
        *,
        by: str = "rita",
        where: Where = "private",
        thread: Event | None = None,
        addressed: bool = False,
        stranger: bool = False,
    ) -> Event:
        message = f"in{next(self._numbers)}"
        place = self._place(where, by)
        return self._arrived(
            key=f"{place}:{message}",
            account=self.account(by),
            place=place,
            message=message,
            thread=thread.thread if thread else message if where == "public" else None,
            text=text,
            private=where == "private",
            addressed=addressed,
            stranger=stranger,
        )

    def types_of(self, text: str, *, by: str = "rita") -> list[Event]:
        plain = self.said(text, by=by, where="public")
        return [plain, plain.model_copy(update={"addressed": True})]

    def sent_file(self, data: bytes | None, *, name: str, by: str = "rita", claims: int | None = None) -> Event:
        self.board.files[name] = "<html>Sign in</html>" if data is None else data
        size = claims if claims is not None else len(data or b"")
        file = Attachment(ref=name, name=name, mime="audio/wav" if name.endswith(".wav") else None, size=size)
        return self.said("", by=by).model_copy(update={"files": (file,)})

    def pressed(self, value: str, *, by: str = "rita", where: Where = "private", on: str | None = None) -> Event:
        place = self._place(where, by)
        return self._arrived(
            key=f"press:{next(self._numbers)}",
            kind="button",
            account=self.account(by),
            place=place,
            thread=self.board.shown[on].thread if on else None,
            message=on,
            private=where == "private",
            button=value,
        )

    async def deliver(self, event: Event, *, forged: bool = False, old: bool = False) -> int:
        headers = {"signature": "forged" if forged else SECRET, "age": "600" if old else "0"}
        try:
            self.channel.hear(event.model_dump_json().encode(), headers, self._accept)
        except BadSignature:
            return 401
        return 200

    def seen(self, where: Where = "private", *, by: str = "rita") -> list[Seen]:
        account = self.account(by)
        return [
            Seen(one.ref, _text(one.content), one.edits, one.content.only_for is not None)
            for one in self.board.in_place(self._place(where, by), account)
        ]

    def misbehave(self, *troubles: Trouble) -> None:
        self.board.faults.extend(Fault(one.kind, one.seconds) for one in troubles)

    def _place(self, where: Where, by: str) -> str:
        return f"dm-{self.account(by)}" if where == "private" else "room"

    def _arrived(self, **parts: Any) -> Arrived:
        return Arrived(channel=self.name, at=NOW, **parts)


def _text(content: Any) -> str:
    lines = [content.title, content.text, *(f"{name}: {value}" for name, value in content.fields)]
    if content.reply is not None:
        lines.append(content.reply.text)
    return "\n".join(line for line in lines if line)
