"""Where threads are remembered: a SQLite file of their own under `var/`, or PostgreSQL beside the records."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import aiosqlite
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool
from sqlalchemy import make_url

from core.settings import Settings

Saver = BaseCheckpointSaver[str]


def _serializer() -> JsonPlusSerializer:
    """Reads back messages and plain values only, whatever a thread's file holds."""
    return JsonPlusSerializer(allowed_msgpack_modules=None)


@asynccontextmanager
async def open_saver(settings: Settings) -> AsyncIterator[Saver]:
    """The saver that belongs to the settings' database; closed on leaving."""
    url = make_url(settings.database)
    if url.get_backend_name() == "sqlite":
        settings.var.mkdir(parents=True, exist_ok=True)
        async with aiosqlite.connect(settings.var / "threads.db", timeout=30) as connection:
            await connection.execute("PRAGMA journal_mode=WAL")
            await connection.execute("PRAGMA synchronous=NORMAL")
            saver = AsyncSqliteSaver(connection, serde=_serializer())
            await saver.setup()
            yield saver
        return
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    pool: AsyncConnectionPool[AsyncConnection[DictRow]] = AsyncConnectionPool(
        plain, max_size=8, open=False, kwargs={"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row}
    )
    async with pool:
        yield AsyncPostgresSaver(pool, serde=_serializer())


def forget_threads(settings: Settings, thread_ids: Sequence[str]) -> None:
    """Remove what is remembered of these threads, and overwrite it in the file."""
    asyncio.run(_forget(settings, thread_ids))


async def _forget(settings: Settings, thread_ids: Sequence[str]) -> None:
    file = settings.var / "threads.db"
    on_sqlite = make_url(settings.database).get_backend_name() == "sqlite"
    if on_sqlite and not file.exists():
        return
    async with open_saver(settings) as saver:
        for thread_id in thread_ids:
            await saver.adelete_thread(thread_id)
    if on_sqlite:
        async with aiosqlite.connect(file, timeout=30, isolation_level=None) as connection:
            await connection.execute("VACUUM")
            await connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
