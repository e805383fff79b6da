"""How memory stands, for whoever looks after the machine."""

from sqlalchemy.exc import SQLAlchemyError

from core.errors import OperatorError
from core.settings import Settings
from db.migrations.run import opened
from tools.memory.indexer import State
from tools.memory.memory import Memory


def look_at(settings: Settings, *, repair: bool) -> State | None:
    """How the indexes stand, with `repair` after rebuilding them; None where there is no database at head to ask."""
    try:
        with opened(settings.database, bring=repair) as engine:
            memory = Memory(settings, engine)
            try:
                return memory.repair() if repair else memory.state()
            finally:
                memory.close()
    except (OperatorError, SQLAlchemyError):
        if repair:
            raise
        return None
