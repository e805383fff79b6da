"""Whether a folder of vectors can be used after whoever wrote in it was killed.

Chroma writes its graph of neighbours in place, and trusts what it reads of it: what a kill left half written ends the
process that opens it, or grows without bound (chroma-core/chroma, issues 7238 and 7510). So it is tried in another
process first.
"""

import subprocess
import sys
from pathlib import Path

import structlog

from tools.memory.meaning import SIZE

NAME = "said"
GRAPH, LINKS, VECTORS, LENGTHS = "header.bin", "link_lists.bin", "data_level0.bin", "length.bin"
PATIENCE = 300.0
"""Seconds for reading the vectors of some million messages."""
NEAREST = 20
log = structlog.get_logger("memory")


def is_sound(folder: Path) -> bool:
    """Whether it can be read, searched and written to; takes as long as reading it."""
    if is_stretched(folder) or _is_cut_off(folder):
        return False
    if not any(folder.glob(f"*/{GRAPH}")):
        return True  # There is no graph yet, and what there is, SQLite keeps whole.
    command = [sys.executable, "-m", "tools.memory.sound", str(folder)]
    nowhere = subprocess.DEVNULL
    try:
        tried = subprocess.run(  # noqa: S603 (ourselves)
            command, check=False, stdin=nowhere, stdout=nowhere, stderr=nowhere, timeout=PATIENCE
        )
    except subprocess.TimeoutExpired:
        log.warning("vectors.not_tried_in_time")
        return False
    if tried.returncode:
        log.warning("vectors.damaged", code=tried.returncode)
    return tried.returncode == 0


def is_stretched(folder: Path) -> bool:
    """Whether the links between neighbours take more room than the vectors, which only happens by damage."""
    for links in folder.glob(f"*/{LINKS}"):
        vectors = links.with_name(VECTORS)
        if links.stat().st_size > (vectors.stat().st_size if vectors.exists() else 0):
            log.warning("vectors.stretched", links=links.stat().st_size)
            return True
    return False


def _is_cut_off(folder: Path) -> bool:
    """Whether there are fewer vectors than lengths of them: each number takes as many bytes as each length."""
    for lengths in folder.glob(f"*/{LENGTHS}"):
        vectors = lengths.with_name(VECTORS)
        if not vectors.exists() or vectors.stat().st_size < lengths.stat().st_size * SIZE:
            log.warning("vectors.cut_off")
            return True
    return False


def _try(folder: Path) -> None:
    import chromadb  # noqa: PLC0415 (heavy, and only wanted in the process that tries)
    from chromadb.config import Settings  # noqa: PLC0415

    client = chromadb.PersistentClient(str(folder.absolute()), settings=Settings(anonymized_telemetry=False))
    said = client.get_collection(NAME, embedding_function=None)
    some = said.get(limit=NEAREST, include=["embeddings"])
    if said.count() and some["embeddings"] is not None and len(some["ids"]):
        said.query(query_embeddings=some["embeddings"], n_results=NEAREST, include=[])
        said.upsert(ids=some["ids"], embeddings=some["embeddings"])


if __name__ == "__main__":
    _try(Path(sys.argv[1]))
