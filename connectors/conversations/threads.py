"""Mails as conversations: which belong together, and which side wrote each."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from connectors.conversations.eml import Mail, Party
from connectors.conversations.setting import Item, Setting, Unread
from core.firms import fold_name
from core.said import Incoming, IncomingConversation, Speaker
from core.wording import say

CHANNEL = "email"
LONGEST_ID = 490


class Threads:
    """Which mails belong together: by what they answer, else by subject and people. Tell it of all, then ask."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._parent: dict[str, str] = {}
        self._first: dict[tuple[str, frozenset[str]], str] = {}

    def note(self, mail: Mail) -> None:
        """Take note of what a mail answers."""
        chain = [*mail.before, mail.id]
        for earlier, later in pairwise(chain):
            self._join(later, earlier)
        self._parent.setdefault(chain[0], chain[0])
        subject = self._subject(mail)
        if subject is not None and not mail.before:
            known = self._first.setdefault(subject, mail.id)
            if mail.is_reply:
                self._join(mail.id, known)

    def settle(self) -> None:
        """Let what is known already have its say: a thread that has come in before keeps its id."""
        roots = sorted({self._root(one) for one in self._parent})
        members: dict[str, list[str]] = {root: [] for root in roots}
        for one in self._parent:
            members[self._root(one)].append(one)
        for root, ids in members.items():
            known = self._setting.known(ids, 1)
            if known is not None and known != root:
                self._parent[known] = known
                self._parent[root] = known

    def id_of(self, mail: Mail) -> str:
        """The id of the conversation a mail belongs to."""
        return self._root(mail.id) if mail.id in self._parent else mail.id

    def _join(self, later: str, earlier: str) -> None:
        self._parent.setdefault(earlier, earlier)
        self._parent.setdefault(later, later)
        one, other = self._root(later), self._root(earlier)
        if one != other:
            self._parent[one] = other

    def _root(self, one: str) -> str:
        seen = [one]
        while self._parent[seen[-1]] != seen[-1]:
            seen.append(self._parent[seen[-1]])
        for passed in seen:
            self._parent[passed] = seen[-1]
        return seen[-1]

    def _subject(self, mail: Mail) -> tuple[str, frozenset[str]] | None:
        people = frozenset(party.address for party in (mail.sender, *mail.recipients)) - {""}
        said = fold_name(mail.thread_subject)
        return (said, people) if said and people else None


def as_items(mails: Iterable[tuple[str, Mail]], threads: Threads, setting: Setting) -> Iterator[Item]:
    """Each mail as a conversation of one message; those of one thread share its id, so that they come together."""
    for where, mail in mails:
        if mail.at is None or not (mail.sender.address or mail.sender.name):
            yield Unread(where, say("intake.file.no_mail", setting.lang))
            continue
        parties = [mail.sender, *mail.recipients]
        yield IncomingConversation(
            threads.id_of(mail)[:LONGEST_ID],
            setting.channel or CHANNEL,
            (_message(mail, setting),),
            account=setting.account,
            title=mail.thread_subject or None,
            hints=tuple(str(party) for party in parties if not _ours(party, setting)),
        )


def _message(mail: Mail, setting: Setting) -> Incoming:
    assert mail.at is not None
    speaker: Speaker = "rep" if _ours(mail.sender, setting) else "customer"
    return Incoming(mail.id[:LONGEST_ID], speaker, mail.text, mail.at, str(mail.sender))


def _ours(party: Party, setting: Setting) -> bool:
    return setting.ours.is_ours(str(party))
