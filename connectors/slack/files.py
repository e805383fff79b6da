"""Files in both directions: what someone sent, and what goes with a message of ours."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from connectors.slack.wire import Wire
from core.channels import Attachment, ChannelBusy, ChannelRefused, FileTooLarge, NotTheFile

SLACK = (".slack.com", ".slack-files.com", ".slack-gov.com")
PIECE = 256 * 1024
MOST_KEPT = 1000
DOWNLOAD = aiohttp.ClientTimeout(total=600, sock_connect=10, sock_read=30)


class Files:
    """Fetches and uploads files; the token is only ever shown to Slack itself."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._uploaded: dict[str, str] = {}

    async def fetch(self, attachment: Attachment, into: Path, most: int) -> None:
        """Write the file's bytes to `into`."""
        try:
            told = await self._wire.call(self._wire.client.files_info(file=attachment.ref))
        except ChannelRefused as error:
            raise NotTheFile(name=attachment.name) from error
        file: Mapping[str, Any] = told.get("file") or {}
        url = str(file.get("url_private_download") or file.get("url_private") or "")
        if not self._slacks_own(url) or file.get("mode") in ("external", "tombstone", "hidden_by_limit"):
            raise NotTheFile(name=attachment.name)
        if int(file.get("size") or 0) > most:
            raise _too_large(attachment, most)
        try:
            await self._download(url, str(file.get("mimetype") or ""), attachment, into, most)
        except (aiohttp.ClientError, TimeoutError) as error:
            into.unlink(missing_ok=True)
            raise ChannelBusy(reason=type(error).__name__) from None
        except (FileTooLarge, NotTheFile):
            into.unlink(missing_ok=True)
            raise

    def _slacks_own(self, url: str) -> bool:
        asked, api = urlsplit(url), urlsplit(self._wire.client.base_url)
        if asked.netloc == api.netloc:
            return asked.scheme == api.scheme
        return asked.scheme == "https" and f".{asked.hostname or ''}".endswith(SLACK)

    async def _download(self, url: str, mime: str, attachment: Attachment, into: Path, most: int) -> None:
        headers = {"Authorization": f"Bearer {self._wire.client.token}"}
        async with self._wire.session.get(
            url, headers=headers, allow_redirects=False, timeout=DOWNLOAD, proxy=self._wire.proxy
        ) as response:
            if response.status == 429 or response.status >= 500:
                raise ChannelBusy(reason=f"http_{response.status}")
            # Without the right to read files Slack shows its sign-in page, with status 200.
            if response.status != 200 or (response.content_type == "text/html" and mime != "text/html"):
                raise NotTheFile(name=attachment.name)
            size = 0
            with into.open("wb") as file:
                async for piece in response.content.iter_chunked(PIECE):
                    size += len(piece)
                    if size > most:
                        raise _too_large(attachment, most)
                    file.write(piece)

    async def upload(self, name: str, data: bytes) -> str:
        """What Slack calls the file, which nobody sees until a message shows it; the same content is sent once."""
        known = sha256(data).hexdigest() + name
        if known in self._uploaded:
            return self._uploaded[known]
        client = self._wire.client
        ticket = await self._wire.call(client.files_getUploadURLExternal(filename=name, length=len(data)))
        file, url = ticket.get("file_id"), ticket.get("upload_url")
        if not file or not url:
            raise ChannelRefused(reason="no_upload_url")
        try:
            async with self._wire.session.post(str(url), data=data, proxy=self._wire.proxy) as response:
                if response.status != 200:
                    raise ChannelBusy(reason=f"http_{response.status}")
        except (aiohttp.ClientError, TimeoutError) as error:
            raise ChannelBusy(reason=type(error).__name__) from None
        await self._wire.call(client.files_completeUploadExternal(files=[{"id": file, "title": name}]))
        if len(self._uploaded) >= MOST_KEPT:
            self._uploaded.clear()
        self._uploaded[known] = str(file)
        return self._uploaded[known]


def _too_large(attachment: Attachment, most: int) -> FileTooLarge:
    return FileTooLarge(name=attachment.name, megabytes=most // 1_000_000)
