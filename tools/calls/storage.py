"""Where recordings are kept: a folder or a bucket, by one address."""

import hashlib
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import fsspec  # type: ignore[import-untyped]
from fsspec.implementations.local import LocalFileSystem  # type: ignore[import-untyped]

from core.calls import RecordingTooLarge
from core.errors import OperatorError, UserError

PIECE = 256 * 1024
MEGABYTE = 1_000_000


class RecordingEmpty(UserError):
    """There is nothing in the file."""

    code = "recording_empty"
    http_status = 422


class RecordingGone(UserError):
    """The audio of this call is no longer kept."""

    code = "recording_gone"
    http_status = 410


class StorageAway(OperatorError):
    """The place where recordings are kept can't be read or written."""

    code = "storage_away"


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that is safely kept under `name`."""

    name: str
    content_hash: str
    bytes: int


class Storage:
    """Files by name under one fsspec address; a file is there whole or not at all."""

    def __init__(self, url: str) -> None:
        self._files, self._root = fsspec.core.url_to_fs(url)
        self._local = isinstance(self._files, LocalFileSystem)

    def put(self, file: BinaryIO, folder: str, *, megabytes: int) -> Stored:
        """Keep what `file` holds, a piece at a time, under a name that begins with its hash."""
        draft = f"incoming/{secrets.token_hex(16)}"
        digest, size = hashlib.sha256(), 0
        try:
            with self._writing(draft) as kept:
                while piece := file.read(PIECE):
                    size += len(piece)
                    if size > megabytes * MEGABYTE:
                        raise RecordingTooLarge(megabytes=megabytes)
                    digest.update(piece)
                    kept.write(piece)
            if size == 0:
                raise RecordingEmpty()
            found = digest.hexdigest()
            name = f"{folder}/{found[:2]}/{found}-{secrets.token_hex(4)}"
            self._move(draft, name)
        except BaseException:
            self.delete(draft)
            raise
        return Stored(name, found, size)

    def write(self, name: str, content: bytes) -> None:
        """Keep a small file whole, in the place of what was there."""
        draft = f"incoming/{secrets.token_hex(16)}"
        with self._writing(draft) as kept:
            kept.write(content)
        self._move(draft, name)

    def read(self, name: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes from `start` up to `end`, a piece at a time; RecordingGone if the file is not there."""
        try:
            with self._files.open(self._path(name), "rb", block_size=PIECE) as file:
                file.seek(start)
                left = (self.size(name) if end is None else end) - start
                while left > 0 and (piece := file.read(min(PIECE, left))):
                    left -= len(piece)
                    yield piece
        except FileNotFoundError as error:
            raise RecordingGone() from error

    def size(self, name: str) -> int:
        """How many bytes the file has; RecordingGone if it is not there."""
        try:
            return int(self._files.size(self._path(name)))
        except FileNotFoundError as error:
            raise RecordingGone() from error

    def delete(self, name: str) -> None:
        """Remove a file; it need not be there."""
        with suppress(FileNotFoundError):
            self._files.rm_file(self._path(name))

    def delete_folder(self, name: str) -> None:
        """Remove a folder with all that is in it; it need not be there."""
        with suppress(FileNotFoundError):
            self._files.rm(self._path(name), recursive=True)

    def listed(self, folder: str) -> Iterator[tuple[str, datetime]]:
        """Every file of a folder and when it was written."""
        self._files.invalidate_cache()
        found = self._files.find(self._path(folder), detail=True)
        for path, about in found.items():
            written = about.get("LastModified") or about.get("mtime") or about.get("created")
            yield path[len(self._root) :].lstrip("/"), _moment(written)

    @contextmanager
    def local(self, name: str) -> Iterator[Path]:
        """The file as a path of this machine, while it is needed."""
        if self._local:
            path = Path(self._path(name))
            if not path.exists():
                raise RecordingGone()
            yield path
            return
        with tempfile.NamedTemporaryFile(prefix="dealhand-") as copy:
            for piece in self.read(name):
                copy.write(piece)
            copy.flush()
            yield Path(copy.name)

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"

    @contextmanager
    def _writing(self, name: str) -> Iterator[Any]:
        path = self._path(name)
        try:
            self._files.makedirs(path.rpartition("/")[0], exist_ok=True)
            with self._files.open(path, "wb") as file:
                yield file
                if self._local:
                    file.flush()
                    os.fsync(file.fileno())
        except OSError as error:
            raise StorageAway(reason=str(error)) from error

    def _move(self, old: str, new: str) -> None:
        path = self._path(new)
        try:
            self._files.makedirs(path.rpartition("/")[0], exist_ok=True)
            if self._local:
                Path(self._path(old)).replace(path)
            else:
                self._files.mv(self._path(old), path)
        except OSError as error:
            raise StorageAway(reason=str(error)) from error


def _moment(written: Any) -> datetime:
    if isinstance(written, datetime):
        return written.astimezone(UTC)
    if isinstance(written, str):
        return datetime.fromisoformat(written).astimezone(UTC)
    return datetime.fromtimestamp(float(written), UTC)
