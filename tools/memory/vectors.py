"""Where the vectors are searched: Chroma in `var/`, which one process owns, or a Chroma server that all share."""

import fcntl
import shutil
from collections.abc import Sequence
from pathlib import Path
from threading import RLock
from typing import IO, Any
from urllib.parse import urlsplit

import numpy as np
import structlog
from numpy.typing import NDArray

from core.embedding import Vectors
from core.errors import OperatorError
from core.settings import Settings
from tools.memory.meaning import SIZE, unit
from tools.memory.sound import NAME, is_sound, is_stretched

NOTHING = bytes(SIZE)
HNSW = {"space": "cosine", "ef_construction": 100, "max_neighbors": 16, "ef_search": 200, "sync_threshold": 5000}
LEFT_OPEN = "open"
"""What the lock's file says from when a process takes the folder until it gives it back."""
log = structlog.get_logger("memory")


class ChromaAway(OperatorError):
    """The Chroma server does not answer."""

    code = "chroma_away"


def pack(vectors: Vectors) -> list[bytes]:
    """Each vector's direction in small integers; its length is not kept."""
    largest = np.abs(vectors).max(axis=1, keepdims=True)
    whole = np.rint(vectors / np.where(largest == 0, 1, largest) * 127).astype(np.int8)
    return [row.tobytes() for row in whole]


def unpack(packed: Sequence[bytes]) -> Vectors:
    """Vectors of length one from what `pack` made; what an earlier version kept is like nothing."""
    whole: NDArray[np.int8] = np.frombuffer(b"".join(row if fits(row) else NOTHING for row in packed), dtype=np.int8)
    return unit(whole.reshape(-1, SIZE).astype(np.float32))


def fits(packed: bytes) -> bool:
    """Whether this version may have packed it."""
    return len(packed) == SIZE


class Store:
    """A collection in Chroma. In a process that does not own the folder it is closed and finds nothing."""

    def __init__(self, settings: Settings, version: str) -> None:
        self._url = settings.chroma_url
        self._folder = settings.var / "chroma"
        self._lock_file = settings.var / "chroma.lock"
        self._version = version
        self._held: IO[str] | None = None
        self._left_open = False
        self._client: Any = None
        self._collection: Any = None
        self._lock = RLock()

    @property
    def shared(self) -> bool:
        """Whether it is a server's."""
        return self._url is not None

    @property
    def folder(self) -> Path:
        """Where the embedded one keeps its files."""
        return self._folder

    @property
    def name(self) -> str | None:
        """What this very collection is called in the ledger; one made anew has another name. None while closed."""
        return str(self._collection.id) if self._collection is not None else None

    def open(self) -> bool:
        """Open it if this process may; again, looks whether the folder is still there. Whether it is open."""
        with self._lock:
            if self._collection is not None and (self.shared or (self._folder / "chroma.sqlite3").exists()):
                return True
            if not self.shared and not self._own():
                return False
            self._let_go()
            if not self.shared and not self._usable():
                shutil.rmtree(self._folder, ignore_errors=True)
            self._collection = self._opened()
            return True

    def nearest(self, vectors: Vectors, count: int) -> list[int]:
        """The messages nearest to any of the vectors."""
        with self._lock:
            if self._collection is None:
                return []
            try:
                found = self._collection.query(query_embeddings=vectors, n_results=count, include=[])
            except Exception:
                log.warning("vectors.unreadable", exc_info=True)
                self._let_go()
                return []
        return [int(name) for names in found["ids"] for name in names]

    def put(self, message_ids: Sequence[int], packed: Sequence[bytes]) -> None:
        """Put vectors in, or in the place of earlier ones."""
        if message_ids:
            with self._lock:
                self._collection.upsert(ids=[str(one) for one in message_ids], embeddings=unpack(packed))
                if not self.shared and is_stretched(self._folder):
                    self.clear()

    def remove(self, message_ids: Sequence[int]) -> None:
        """Take vectors out; those that are not there are no matter."""
        if message_ids:
            with self._lock:
                self._collection.delete(ids=[str(one) for one in message_ids])

    def ids(self) -> set[int]:
        """Every message that has a vector here."""
        with self._lock:
            return {int(name) for name in self._collection.get(include=[])["ids"]}

    def count(self) -> int:
        """How many vectors there are."""
        with self._lock:
            return int(self._collection.count())

    def clear(self) -> None:
        """Begin again with an empty collection."""
        with self._lock:
            try:
                self._client.delete_collection(NAME)
                self._collection = self._made()
            except Exception:
                log.warning("vectors.cleared_by_hand", exc_info=True)
                self._let_go()
                shutil.rmtree(self._folder, ignore_errors=True)
                self._collection = self._opened()

    def close(self) -> None:
        """Let another process own it."""
        with self._lock:
            self._let_go()
            if self._held is not None:
                self._held.truncate(0)
                self._held.close()
                self._held = None

    def _own(self) -> bool:
        if self._held is not None:
            return True
        self._lock_file.parent.mkdir(parents=True, exist_ok=True)
        file = self._lock_file.open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        file.seek(0)
        self._left_open = bool(file.read())
        file.write(LEFT_OPEN)
        file.flush()
        self._held = file
        return True

    def _usable(self) -> bool:
        """Whether the files may be opened here; they are looked into where whoever had them was killed."""
        left_open, self._left_open = self._left_open, False
        return is_sound(self._folder) if left_open else not is_stretched(self._folder)

    def _opened(self) -> Any:
        try:
            self._client = self._connected()
            return self._made()
        except Exception as error:
            if self.shared:
                raise ChromaAway(url=self._url, reason=type(error).__name__) from error
            # Files that can't be read are no loss: every vector is in the records, too.
            log.warning("vectors.unreadable", exc_info=True)
            self._let_go()
            shutil.rmtree(self._folder, ignore_errors=True)
            self._client = self._connected()
            return self._made()

    def _connected(self) -> Any:
        import chromadb  # noqa: PLC0415 (heavy)
        from chromadb.config import Settings as ChromaSettings  # noqa: PLC0415

        quiet = ChromaSettings(anonymized_telemetry=False)
        if self._url is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            return chromadb.PersistentClient(str(self._folder.absolute()), settings=quiet)
        url = urlsplit(self._url if "://" in self._url else f"http://{self._url}")
        secure = url.scheme == "https"
        port = url.port or (443 if secure else 8000)
        return chromadb.HttpClient(host=url.hostname or "localhost", port=port, ssl=secure, settings=quiet)

    def _made(self) -> Any:
        about = {"version": self._version}
        options: dict[str, Any] = {"embedding_function": None, "configuration": {"hnsw": dict(HNSW)}}
        found = self._client.get_or_create_collection(NAME, metadata=about, **options)
        if (found.metadata or {}).get("version") == self._version:
            return found
        self._client.delete_collection(NAME)
        return self._client.create_collection(NAME, metadata=about, **options)

    def _let_go(self) -> None:
        self._collection = None
        if self._client is not None:
            self._client.close()
            self._client.clear_system_cache()
            self._client = None
