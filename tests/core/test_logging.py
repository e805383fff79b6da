"""What is logged: one JSON object a line, and no secret in it."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from core.logging import redact, set_up_logging


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """What was logged; the root logger is as before afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield io.StringIO()
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def _lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.parametrize(
    "key", ["token", "api_key", "DEALHAND_OPENAI_API_KEY", "Authorization", "set-cookie", "password", "secret_hash"]
)
def test_a_secret_is_known_by_its_key(key: str) -> None:
    assert redact({"outer": [{key: "swordfish"}]}) == {"outer": [{key: "***"}]}


@pytest.mark.parametrize("key", ["tokens", "token_count", "name", "keyboard"])
def test_other_keys_keep_their_values(key: str) -> None:
    assert redact({key: 3}) == {key: 3}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("open /sign-in/dhl_abcdefgh12345678 now", "open /sign-in/*** now"),
        ("Authorization: Bearer abc.def-123456", "Authorization: Bearer ***"),
        ("key sk-proj-abcdefghijkl failed", "key *** failed"),
        ("postgresql://app:hunter2@db/deals", "postgresql://***@db/deals"),
        (
            "POST https://t.example/bot123456789:AAabcdefghijklmnopqrstuvwxyz0123456/x",
            "POST https://t.example/bot***/x",
        ),
        ("nothing to hide in 123:45", "nothing to hide in 123:45"),
    ],
)
def test_a_secret_is_known_by_its_shape(text: str, shown: str) -> None:
    assert redact(text) == shown


def test_our_lines_and_the_libraries_are_json_without_secrets(stream: io.StringIO) -> None:
    set_up_logging("INFO", stream)
    structlog.get_logger("ours").info("turn", question="上季度", token="dht_swordfish123")
    logging.getLogger("theirs").warning("asked %s", "postgresql://app:hunter2@db/deals", extra={"cookie": "abc"})
    ours, theirs = _lines(stream)
    assert (ours["event"], ours["question"], ours["token"], ours["level"]) == ("turn", "上季度", "***", "info")
    assert theirs["event"] == "asked postgresql://***@db/deals"
    assert theirs["cookie"] == "***"


def test_a_traceback_is_logged_without_the_secret_in_its_message(stream: io.StringIO) -> None:
    set_up_logging("INFO", stream)
    try:
        raise ValueError("dht_swordfish123")
    except ValueError:
        structlog.get_logger().exception("failed")
    assert "ValueError" in str(_lines(stream)[0]["exception"])
    assert "swordfish" not in stream.getvalue()


def test_below_the_level_nothing_is_written(stream: io.StringIO) -> None:
    set_up_logging("WARNING", stream)
    structlog.get_logger().info("quiet")
    logging.getLogger("httpx").info("GET")
    assert stream.getvalue() == ""
