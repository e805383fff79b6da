"""Who is alive to do durable work."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, Moment


class Lease(Base):
    """One running worker process, by its executor id; silent for too long, its work goes to the living."""

    __tablename__ = "leases"

    executor_id: Mapped[str] = mapped_column(primary_key=True)
    queues: Mapped[str]
    started_at: Mapped[datetime] = mapped_column(Moment)
    heard_at: Mapped[datetime] = mapped_column(Moment, index=True)
