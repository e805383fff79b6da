"""What memory keeps of each message beside its text, and how far each store of vectors has come."""

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, Moment


class Remembered(Base):
    """One message as searches find it. Every change gets a new, higher `rev`.

    `words` are the text's words parted by spaces, `vector` is its direction in small integers. A row without a vector
    stands for a message that is gone, and holds nothing of it.
    """

    __tablename__ = "remembered"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 (SQLAlchemy reads it)

    rev: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(unique=True)
    conversation_id: Mapped[int | None] = mapped_column(index=True)
    at: Mapped[datetime | None] = mapped_column(Moment, index=True)
    words: Mapped[str] = mapped_column(default="")
    vector: Mapped[bytes | None] = mapped_column(LargeBinary)
    text_hash: Mapped[str | None]
    version: Mapped[str] = mapped_column(index=True)


class ToRemember(Base):
    """A message that was written, changed or taken away since it was last indexed; its triggers see to it."""

    __tablename__ = "to_remember"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 (SQLAlchemy reads it)

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int]


class VectorStore(Base):
    """One collection of vectors: it has every change up to `rev`."""

    __tablename__ = "vector_stores"

    store: Mapped[str] = mapped_column(primary_key=True)
    rev: Mapped[int] = mapped_column(default=0)
