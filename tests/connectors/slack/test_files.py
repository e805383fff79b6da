"""Files that people send are fetched whole or refused; the token is shown to Slack alone."""

from pathlib import Path
from typing import Any

import pytest

from connectors.slack import SlackChannel
from core.channels import Attachment, ChannelBusy, FileTooLarge, NotTheFile
from tests.fakes.slack_server import SlackServer, rate_limited, status

SOUND = b"RIFF" + bytes(5000)
CLIP = Attachment(ref="F1", name="clip.wav", mime="audio/wav", size=len(SOUND), voice=True)


def keep(server: SlackServer, **more: Any) -> None:
    url = f"{server.world.base}/files/F1"
    file = {"id": "F1", "name": "clip.wav", "mimetype": "audio/wav", "size": len(SOUND), "url_private_download": url}
    server.world.files["F1"] = file | {"content": SOUND} | more


async def test_a_file_is_fetched(channel: SlackChannel, server: SlackServer, tmp_path: Path) -> None:
    keep(server)
    await channel.fetch(CLIP, tmp_path / "clip", 1_000_000)
    assert (tmp_path / "clip").read_bytes() == SOUND


@pytest.mark.parametrize("more", [{"size": 2_000_000}, {"size": 10, "content": bytes(1_100_000)}])
async def test_a_file_too_large_is_not_kept(
    channel: SlackChannel, server: SlackServer, tmp_path: Path, more: dict[str, Any]
) -> None:
    keep(server, **more)
    with pytest.raises(FileTooLarge):
        await channel.fetch(CLIP, tmp_path / "clip", 1_000_000)
    assert not (tmp_path / "clip").exists()


@pytest.mark.parametrize(
    "more",
    [
        {"content": b"<html>Sign in</html>", "served": "text/html"},
        {"url_private_download": "http://127.0.0.1:9/steal"},
        {"url_private_download": "https://slack.com.evil.example/files/F1"},
        {"url_private_download": "https://notslack.com/files/F1"},
        {"url_private_download": ""},
        {"mode": "external"},
    ],
)
async def test_what_is_not_the_file_is_refused(
    channel: SlackChannel, server: SlackServer, tmp_path: Path, more: dict[str, Any]
) -> None:
    keep(server, **more)
    with pytest.raises(NotTheFile):
        await channel.fetch(CLIP, tmp_path / "clip", 1_000_000)
    assert not (tmp_path / "clip").exists()


async def test_a_file_that_is_gone_is_refused(channel: SlackChannel, server: SlackServer, tmp_path: Path) -> None:
    with pytest.raises(NotTheFile):
        await channel.fetch(CLIP, tmp_path / "clip", 1_000_000)


async def test_a_page_that_was_sent_as_a_page_is_a_file(
    channel: SlackChannel, server: SlackServer, tmp_path: Path
) -> None:
    keep(server, content=b"<p>notes</p>", mimetype="text/html", size=12)
    await channel.fetch(CLIP, tmp_path / "clip", 1_000_000)
    assert (tmp_path / "clip").read_bytes() == b"<p>notes</p>"


@pytest.mark.parametrize("fault", [status(503), rate_limited(3)])
async def test_what_is_cut_off_is_tried_again_later(
    channel: SlackChannel, server: SlackServer, tmp_path: Path, fault: Any
) -> None:
    keep(server)
    server.misbehave("download", fault)
    with pytest.raises(ChannelBusy):
        await channel.fetch(CLIP, tmp_path / "clip", 1_000_000)
    await channel.fetch(CLIP, tmp_path / "clip", 1_000_000)
    assert (tmp_path / "clip").stat().st_size == len(SOUND)
