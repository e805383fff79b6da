"""What is behind the Telegram Bot API in tests: chats with messages, updates that wait, files, and troubles to come."""

import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.telegram_limits import (
    MOST_CAPTION,
    MOST_FILE,
    MOST_TEXT,
    Json,
    Refused,
    checked,
    keyboard,
    public,
    upload,
)

TOKEN = "424242:AAF4keT0kenF4keT0kenF4keT0kenF4keT0"
BOT_ID, BOT_NAME = 424242, "dealhand_bot"
METHODS = {
    "getMe", "getUpdates", "setWebhook", "deleteWebhook", "getWebhookInfo", "sendMessage", "editMessageText",
    "editMessageCaption", "editMessageMedia", "editMessageReplyMarkup", "deleteMessage", "sendPhoto", "sendDocument",
    "sendChatAction", "answerCallbackQuery", "setMyCommands", "getFile",
}  # fmt: skip
WRITES = {"sendMessage", "editMessageText", "editMessageMedia", "sendPhoto", "sendDocument", "deleteMessage"}


class Trouble(Exception):
    """Something that is no answer of the API's at all."""

    def __init__(self, status: int = 502, body: bytes = b"<html><body>Bad Gateway</body></html>") -> None:
        super().__init__(str(status))
        self.status, self.body = status, body


class Silent(Exception):
    """No answer for so long."""

    def __init__(self, seconds: float = 3.0) -> None:
        super().__init__(str(seconds))
        self.seconds = seconds


def flood(seconds: int) -> Refused:
    """429: too many requests."""
    return Refused(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


@dataclass
class Chat:
    """One chat; messages by id, those of people and those of the bot, without the deleted."""

    id: int
    kind: str = "private"
    messages: dict[int, Json] = field(default_factory=dict)

    @property
    def json(self) -> Json:
        named = {"first_name": f"P{self.id}"} if self.kind == "private" else {"title": f"G{-self.id}"}
        return {"id": self.id, "type": self.kind, **named, **({"is_forum": True} if self.kind == "supergroup" else {})}

    @property
    def ours(self) -> list[Json]:
        """What the bot has in the chat, as it reads now."""
        return [message for _, message in sorted(self.messages.items()) if message["from"]["id"] == BOT_ID]


class World:
    """All of it. Troubles are queued by method, `*` for any: `before` in place of the call, `after` when it is done."""

    def __init__(self) -> None:
        self.lock = threading.Condition(threading.RLock())
        self.chats: dict[int, Chat] = {}
        self.updates: list[Json] = []
        self.files: dict[str, tuple[bytes, str]] = {}
        self.calls: list[tuple[str, Json]] = []
        self.before: dict[str, list[Exception]] = defaultdict(list)
        self.after: dict[str, list[Exception]] = defaultdict(list)
        self.sequence: list[tuple[str, Exception]] = []
        """What goes wrong with the next calls that send or change a message: `before`, `after` or a `slow` one."""
        self.blocked: set[int] = set()
        self.not_started: set[int] = set()
        self.commands: dict[str, list[Json]] = {}
        self.webhook: Json = {}
        self.counter = 100
        self.update_id = 7_000
        self.ended = False

    def chat(self, chat_id: int, kind: str | None = None) -> Chat:
        """The chat of that id, made when it is new."""
        return self.chats.setdefault(chat_id, Chat(chat_id, kind or ("private" if chat_id > 0 else "group")))

    def next_id(self, chat: Chat) -> int:
        """Super-groups count their own messages; all other chats of an account share one count."""
        if chat.kind == "supergroup":
            return max(chat.messages, default=0) + 1
        self.counter += 1
        return self.counter

    def end(self) -> None:
        """Let those who wait go."""
        with self.lock:
            self.ended = True
            self.lock.notify_all()

    # What people do.

    def says(self, text: str | None, *, user: int = 11, chat: int | None = None, **more: Any) -> Json:
        """Someone writes: the update, which is queued for who polls."""
        with self.lock:
            place = self.chat(chat or user)
            written = {"text": text} if text is not None else {}
            message = {
                "message_id": self.next_id(place),
                "date": 1781668800,
                "chat": place.json,
                "from": self.person(user),
                **written,
                **more,
            }
            place.messages[message["message_id"]] = message
            return self._queue({"message": message})

    def presses(self, data: str, *, user: int = 11, chat: int | None = None, message: int | None = None) -> Json:
        """Someone presses a button under one of the bot's messages."""
        with self.lock:
            place = self.chat(chat or user)
            under = place.messages[message] if message else place.ours[-1]
            query = {
                "id": f"cb{self.update_id}",
                "from": self.person(user),
                "chat_instance": "1",
                "data": data,
                "message": under,
            }
            return self._queue({"callback_query": query})

    def person(self, user: int) -> Json:
        return {"id": user, "is_bot": False, "first_name": f"P{user}", "language_code": "zh-hans" if user % 2 else "en"}

    def push(self, update: Json) -> None:
        """The same update once more, as after a lost confirmation."""
        with self.lock:
            self.updates.append(update)
            self.lock.notify_all()

    def _queue(self, what: Json) -> Json:
        self.update_id += 1
        update = {"update_id": self.update_id, **what}
        self.push(update)
        return update

    # What the bot calls.

    def call(self, method: str, fields: Json) -> Any:
        """Do it, or raise what goes wrong."""
        if method not in METHODS:
            raise Refused(404, "Not Found")
        with self.lock:
            self.calls.append((method, fields))
            for due in self._due(self.before, method):
                raise due
            when, trouble = self.sequence.pop(0) if method in WRITES and self.sequence else ("", Silent(0))
        if when == "before":
            raise trouble
        if when == "slow" and isinstance(trouble, Silent):
            time.sleep(trouble.seconds)
        result = getattr(self, f"_{method}")(fields)
        if when == "after":
            raise trouble
        with self.lock:
            for due in self._due(self.after, method):
                raise due
        return result

    def _due(self, queued: dict[str, list[Exception]], method: str) -> list[Exception]:
        for name in (method, "*"):
            if queued[name]:
                return [queued[name].pop(0)]
        return []

    def _getMe(self, fields: Json) -> Json:
        me = {"id": BOT_ID, "is_bot": True, "first_name": "Dealhand", "username": BOT_NAME}
        return {**me, "can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}

    def _getUpdates(self, fields: Json) -> list[Json]:
        if self.webhook:
            raise Refused(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook")
        offset, until = int(fields.get("offset") or 0), time.monotonic() + float(fields.get("timeout") or 0)
        with self.lock:
            self.updates = [one for one in self.updates if one["update_id"] >= offset]
            while not self.updates and not self.ended and (left := until - time.monotonic()) > 0:
                self.lock.wait(left)
            return self.updates[: int(fields.get("limit") or 100)]

    def _setWebhook(self, fields: Json) -> bool:
        if not str(fields["url"]).startswith("https://"):
            raise Refused(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        secret = str(fields.get("secret_token") or "")
        if secret and (len(secret) > 256 or not secret.replace("_", "").replace("-", "").isalnum()):
            raise Refused(400, "Bad Request: secret token contains unallowed characters")
        self.webhook = fields
        return True

    def _deleteWebhook(self, fields: Json) -> bool:
        self.webhook = {}
        return True

    def _getWebhookInfo(self, fields: Json) -> Json:
        return {"url": self.webhook.get("url", ""), "has_custom_certificate": False, "pending_update_count": 0}

    def _setMyCommands(self, fields: Json) -> bool:
        commands = fields["commands"]
        for one in commands:
            name, about = one["command"], one["description"]
            if not (1 <= len(name) <= 32 and name.replace("_", "").isalnum() and name.islower()):
                raise Refused(400, "Bad Request: BOT_COMMAND_INVALID")
            if not 1 <= len(about) <= 256:
                raise Refused(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
        self.commands[fields.get("language_code") or ""] = commands
        return True

    def _answerCallbackQuery(self, fields: Json) -> bool:
        if len(str(fields.get("text") or "")) > 200:
            raise Refused(400, "Bad Request: MESSAGE_TOO_LONG")
        return True

    def _sendChatAction(self, fields: Json) -> bool:
        self._reach(fields)
        if fields["action"] not in ("typing", "upload_photo", "record_voice", "upload_document"):
            raise Refused(400, "Bad Request: wrong parameter action in request")
        return True

    def _sendMessage(self, fields: Json) -> Json:
        with self.lock:
            chat = self._reach(fields)
            text = checked(str(fields.get("text") or ""), fields, MOST_TEXT, "message text is empty")
            return self._keep(chat, fields, {"text": text, "raw": fields.get("text")})

    def _sendPhoto(self, fields: Json) -> Json:
        return self._send_file(fields, "photo")

    def _sendDocument(self, fields: Json) -> Json:
        return self._send_file(fields, "document")

    def _send_file(self, fields: Json, kind: str) -> Json:
        with self.lock:
            chat = self._reach(fields)
            data = upload(fields, kind)
            shown = (
                {"caption": checked(str(fields["caption"]), fields, MOST_CAPTION, "")} if fields.get("caption") else {}
            )
            sizes: Any = {"file_id": "f", "file_unique_id": "u", "file_size": len(data)}
            sizes = [{**sizes, "width": 1, "height": 1}] if kind == "photo" else sizes
            return self._keep(chat, fields, {**shown, kind: sizes, "bytes": data})

    def _keep(self, chat: Chat, fields: Json, what: Json) -> Json:
        thread = fields.get("message_thread_id")
        if thread and chat.kind != "supergroup":
            raise Refused(400, "Bad Request: message thread not found")
        message: Json = {
            "message_id": self.next_id(chat),
            "date": 1781668800,
            "chat": chat.json,
            "from": {"id": BOT_ID, "is_bot": True, "first_name": "Dealhand", "username": BOT_NAME},
            **what,
            **({"message_thread_id": int(thread), "is_topic_message": True} if thread else {}),
            **({"reply_markup": keyboard(fields["reply_markup"])} if fields.get("reply_markup") else {}),
        }
        answered = fields.get("reply_parameters") or {}
        if answered and int(answered["message_id"]) in chat.messages:
            message["answers"] = int(answered["message_id"])
        elif answered and not answered.get("allow_sending_without_reply"):
            raise Refused(400, "Bad Request: message to be replied not found")
        chat.messages[message["message_id"]] = message
        return public(message)

    def _editable(self, fields: Json) -> Json:
        chat = self._reach(fields)
        message = chat.messages.get(int(fields["message_id"]))
        if message is None:
            raise Refused(400, "Bad Request: message to edit not found")
        if message["from"]["id"] != BOT_ID:
            raise Refused(400, "Bad Request: message can't be edited")
        return message

    def _change(self, message: Json, fields: Json, what: Json) -> Json:
        keys = keyboard(fields["reply_markup"]) if fields.get("reply_markup") else None
        if message.get("reply_markup") == keys and all(message.get(name) == value for name, value in what.items()):
            raise Refused(
                400,
                "Bad Request: message is not modified: specified new message content and reply markup are exactly the "
                "same as a current content and reply markup of the message",
            )
        message.update(what)
        message.pop("reply_markup", None)
        if keys:
            message["reply_markup"] = keys
        message["edits"] = message.get("edits", 0) + 1
        return public(message)

    def _editMessageText(self, fields: Json) -> Json:
        with self.lock:
            message = self._editable(fields)
            if "text" not in message:
                raise Refused(400, "Bad Request: there is no text in the message to edit")
            text = checked(str(fields.get("text") or ""), fields, MOST_TEXT, "message text is empty")
            return self._change(message, fields, {"text": text, "raw": fields.get("text")})

    def _editMessageCaption(self, fields: Json) -> Json:
        with self.lock:
            message = self._editable(fields)
            if "text" in message:
                raise Refused(400, "Bad Request: there is no caption in the message to edit")
            text = checked(str(fields.get("caption") or ""), fields, MOST_CAPTION, "")
            if not text and "caption" not in message:
                return self._change(message, fields, {})
            return self._change(message, fields, {"caption": text})

    def _editMessageMedia(self, fields: Json) -> Json:
        with self.lock:
            message = self._editable(fields)
            media = fields["media"]
            if not isinstance(media, dict) or media.get("type") not in message:
                raise Refused(400, "Bad Request: can't parse InputMedia")
            data = fields.get(str(media["media"]).removeprefix("attach://"))
            return self._change(message, fields, {"bytes": data})

    def _editMessageReplyMarkup(self, fields: Json) -> Json:
        with self.lock:
            return self._change(self._editable(fields), fields, {})

    def _deleteMessage(self, fields: Json) -> bool:
        with self.lock:
            chat = self._reach(fields)
            if chat.messages.pop(int(fields["message_id"]), None) is None:
                raise Refused(400, "Bad Request: message to delete not found")
            return True

    def _reach(self, fields: Json) -> Chat:
        chat = self.chats.get(int(fields["chat_id"]))
        if chat is None:
            raise Refused(400, "Bad Request: chat not found")
        if chat.id in self.blocked:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        if chat.id in self.not_started:
            raise Refused(403, "Forbidden: bot can't initiate conversation with a user")
        return chat

    def _getFile(self, fields: Json) -> Json:
        name = str(fields["file_id"])
        if name not in self.files:
            raise Refused(400, "Bad Request: invalid file_id")
        if len(self.files[name][0]) > MOST_FILE:
            raise Refused(400, "Bad Request: file is too big")
        return {
            "file_id": name,
            "file_unique_id": name,
            "file_size": len(self.files[name][0]),
            "file_path": f"voice/{name}",
        }

    def download(self, name: str) -> tuple[int, str, bytes]:
        """Status, type and bytes of a file, as its address gives them."""
        for trouble in self._due(self.before, "download"):
            if isinstance(trouble, Trouble):
                return trouble.status, "text/html", trouble.body
        data, kind = self.files.get(name, (b"Not Found", ""))
        return (200, kind, data) if kind else (404, "text/plain", data)
