"""The agent's thread tables on PostgreSQL; on SQLite the saver makes its own file when it opens."""

from langgraph.checkpoint.postgres import PostgresSaver
from sqlalchemy import URL


def set_up_threads(url: URL) -> None:
    """Bring the saver's tables to its newest version."""
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with PostgresSaver.from_conn_string(plain) as saver:
        saver.setup()
