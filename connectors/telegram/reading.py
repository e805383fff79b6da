"""From an update of the Bot API to what arrived."""

import re
from datetime import UTC, datetime
from typing import Any

from telegram import CallbackQuery, MaybeInaccessibleMessage, Message, Update, User

from connectors.rendering.telegram import pressed
from core.channels import Arrived, Attachment

KINDS = ("message", "callback_query")
"""The updates that are asked for; edits and membership change nothing for us."""

WORD = "[A-Za-z0-9_]"
# Accepts e.g. "/brief", "/brief@dealhand_bot Acme"; not "/etc/hosts".
COMMAND = re.compile(rf"/(?P<name>{WORD}{{1,32}})(?:@(?P<bot>{WORD}+))?(?!{WORD}|[@/.])(?P<rest>.*)$", re.DOTALL)


def read_update(update: Update, me: User, now: datetime) -> Arrived | None:
    """What arrived; None for what is nobody's word to us."""
    if update.callback_query is not None:
        return _pressed(update.update_id, update.callback_query, now)
    if update.message is not None:
        return _said(update.update_id, update.message, me)
    return None


def _key(update_id: int) -> str:
    return f"update:{update_id}"


def _pressed(update_id: int, query: CallbackQuery, now: datetime) -> Arrived | None:
    if query.message is None or query.data is None:
        return None
    under = query.message
    value = pressed(query.data, _keys(under))
    if value is None:
        return None
    return Arrived(
        channel="telegram",
        key=_key(update_id),
        kind="button",
        account=str(query.from_user.id),
        place=str(under.chat.id),
        thread=_topic(under) if isinstance(under, Message) else None,
        message=str(under.message_id),
        private=under.chat.type == "private",
        addressed=True,
        stranger=query.from_user.is_bot,
        locale=query.from_user.language_code,
        name=query.from_user.full_name,
        button=value,
        extra={"callback": query.id},
        at=now,
    )


def _keys(under: MaybeInaccessibleMessage) -> list[list[dict[str, Any]]]:
    """The keyboard that was pressed, unless its message is too old for Telegram to show."""
    markup = under.reply_markup if isinstance(under, Message) else None
    return [[key.to_dict() for key in row] for row in markup.inline_keyboard] if markup else []


def _said(update_id: int, message: Message, me: User) -> Arrived | None:
    author = message.from_user
    text = message.text or message.caption or ""
    files = _files(message)
    if author is None or author.id == me.id or message.is_automatic_forward or not (text.strip() or files):
        return None
    private = message.chat.type == "private"
    parts: dict[str, Any] = {"text": text.strip(), "addressed": _replies_to(message, me)}
    if command := COMMAND.match(text):
        if command["bot"] and command["bot"].lower() != (me.username or "").lower():
            return None
        parts = {"text": _order(command), "kind": "command", "addressed": True}
    elif me.username and (mention := _mention(me.username)).search(text):
        parts = {"text": mention.sub("", text).strip(" ,:"), "addressed": True}
    return Arrived(
        channel="telegram",
        key=_key(update_id),
        account=str(message.sender_chat.id if message.sender_chat else author.id),
        place=str(message.chat.id),
        thread=_topic(message),
        message=str(message.message_id),
        private=private,
        stranger=author.is_bot or message.sender_chat is not None,
        robot=author.is_bot and message.sender_chat is None,
        locale=author.language_code,
        name=(message.sender_chat and message.sender_chat.title) or author.full_name,
        files=files,
        at=message.date.astimezone(UTC),
        **parts,
    )


def _order(command: re.Match[str]) -> str:
    """The command as words: `/start CODE` comes from the console's link and is the way to link an account."""
    name, rest = command["name"].lower(), command["rest"].strip()
    if name == "start":
        return f"link {rest}" if rest else "help"
    return f"{name} {rest}".strip()


def _mention(username: str) -> re.Pattern[str]:
    """Accepts e.g. the name in "Hello @dealhand_bot!"; what follows may be Chinese with no blank between."""
    return re.compile(rf"\s*@{re.escape(username)}(?!{WORD})", re.IGNORECASE)


def _replies_to(message: Message, me: User) -> bool:
    answered = message.reply_to_message
    # In a topic, every message answers the one that opened it.
    if answered is None or answered.forum_topic_created is not None:
        return False
    return answered.from_user is not None and answered.from_user.id == me.id


def _topic(message: Message) -> str | None:
    return str(message.message_thread_id) if message.is_topic_message and message.message_thread_id else None


def _files(message: Message) -> tuple[Attachment, ...]:
    found: list[Attachment] = []
    if voice := message.voice:
        name = f"voice-{message.message_id}.ogg"
        mime = voice.mime_type or "audio/ogg"
        found.append(Attachment(ref=voice.file_id, name=name, mime=mime, size=voice.file_size, voice=True))
    for held, ending in ((message.audio, "mp3"), (message.video, "mp4"), (message.document, "bin")):
        if held is not None:
            name = held.file_name or f"file-{message.message_id}.{ending}"
            found.append(Attachment(ref=held.file_id, name=name, mime=held.mime_type, size=held.file_size))
    if note := message.video_note:
        name = f"video-{message.message_id}.mp4"
        found.append(Attachment(ref=note.file_id, name=name, mime="video/mp4", size=note.file_size, voice=True))
    if message.photo:
        largest = message.photo[-1]
        name = f"photo-{message.message_id}.jpg"
        found.append(Attachment(ref=largest.file_id, name=name, mime="image/jpeg", size=largest.file_size))
    return tuple(found)
