"""Files from Telegram: whole, within limits, and really files."""

from pathlib import Path

import pytest

from connectors.telegram import TelegramChannel
from core.channels import Attachment, ChannelBusy, FileTooLarge, NotTheFile
from core.errors import UserError
from tests.fakes.telegram_server import TelegramServer, Trouble

Case = tuple[bytes, str, int | None, type[UserError]]
PAGE = b"<!DOCTYPE html><html><body>Sign in</body></html>"


async def test_a_voice_message_is_fetched_whole(
    server: TelegramServer, channel: TelegramChannel, tmp_path: Path
) -> None:
    server.files["v1"] = (b"OggS" + bytes(200_000), "audio/ogg")
    await channel.fetch(Attachment(ref="v1", name="voice.ogg"), tmp_path / "v", 1_000_000)
    assert (tmp_path / "v").read_bytes() == server.files["v1"][0]


@pytest.mark.parametrize(
    "case",
    [
        (PAGE, "text/html; charset=utf-8", None, NotTheFile),
        (b"\n " + PAGE, "audio/ogg", None, NotTheFile),
        (b"", "audio/ogg", None, NotTheFile),
        (bytes(2_000_000), "audio/ogg", None, FileTooLarge),
        (bytes(20_000_001), "audio/ogg", None, FileTooLarge),
        (b"OggS", "audio/ogg", 2_000_000, FileTooLarge),
    ],
)
async def test_what_is_too_large_or_no_file_is_refused(
    server: TelegramServer, channel: TelegramChannel, tmp_path: Path, case: Case
) -> None:
    data, kind, size, error = case
    server.files["v1"] = (data, kind)
    with pytest.raises(error):
        await channel.fetch(Attachment(ref="v1", name="voice.ogg", size=size), tmp_path / "v", 1_000_000)
    assert not (tmp_path / "v").exists()


async def test_a_file_that_is_gone_is_not_the_file(channel: TelegramChannel, tmp_path: Path) -> None:
    with pytest.raises(NotTheFile):
        await channel.fetch(Attachment(ref="gone", name="voice.ogg"), tmp_path / "v", 1_000_000)


async def test_a_store_that_is_away_is_busy(server: TelegramServer, channel: TelegramChannel, tmp_path: Path) -> None:
    server.files["v1"] = (b"OggS", "audio/ogg")
    server.before["download"].append(Trouble(502))
    with pytest.raises(ChannelBusy):
        await channel.fetch(Attachment(ref="v1", name="voice.ogg"), tmp_path / "v", 1_000_000)
