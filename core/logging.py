"""Logging: structured lines on standard error, with every secret blotted out."""

import logging
import re
import sys
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

BLOT = "***"

# Accepts e.g. api_key, DEALHAND_SECRET_KEY, Authorization, set-cookie; not token_count or tokens.
SECRET_KEY = re.compile(
    r"(^|[_\-.])(token|secret|password|passwd|secret[_-]?key|api[_-]?key|authorization|cookie|secret[_-]hash)$",
    re.IGNORECASE,
)
# Accepts e.g. "dht_Qx…" (ours), "sk-proj-…", "xoxb-…", "xapp-…", "Bearer …", "123456:AA…", "…://user:pw@host" (the pw).
SECRET_SHAPE = re.compile(
    r"\bdh[tl]_[\w-]{8,}"
    r"|\bsk-[\w-]{8,}"
    r"|\bx(?:ox[a-z]|app)-[\w-]{8,}"
    r"|(?<=hooks\.slack\.com/)[\w/.-]+"
    r"|(?<=ticket=)[\w%-]+"
    r"|\d{6,}:[\w-]{30,}"
    r"|(?<=bearer )[\w.~+/=-]{8,}"
    r"|(?<=://)[^\s/@]*:[^\s/@]+(?=@)",
    re.IGNORECASE,
)
QUIET = ("httpx", "httpcore", "openai", "aiosqlite", "alembic", "telegram", "aiohttp", "slack_sdk", "slack_bolt")


def redact(value: Any) -> Any:
    """The value with secrets blotted out: by the name of their key at any depth, and by their shape in any text."""
    if isinstance(value, str):
        return SECRET_SHAPE.sub(BLOT, value)
    if isinstance(value, dict):
        return {key: BLOT if _is_secret(key) and held is not None else redact(held) for key, held in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [redact(held) for held in value]
    return value if isinstance(value, (int, float, bool)) or value is None else redact(str(value))


def set_up_logging(level: str, stream: TextIO | None = None) -> None:
    """Send our lines and the libraries' to `stream` (standard error): to a terminal for eyes, else as JSON."""
    stream = stream or sys.stderr
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _blot,
    ]
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(stream)],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelNamesMapping()[level]))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _renderer(stream: TextIO) -> Processor:
    if stream.isatty():
        return structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    return structlog.processors.JSONRenderer(ensure_ascii=False)


def _blot(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    inner = {"_record", "_from_structlog"}
    return {key: held if key in inner else redact({key: held})[key] for key, held in event.items()}


def _is_secret(key: object) -> bool:
    return isinstance(key, str) and SECRET_KEY.search(key) is not None
