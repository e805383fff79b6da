"""What the company is, as of the last load: read again only when something was loaded."""

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from db.company import CompanyFacts, load_company
from db.tables import CompanyRow


class FreshFacts:
    """Gives the company's facts; safe to call from many threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known: CompanyFacts | None = None

    def __call__(self) -> CompanyFacts:
        """The facts as they are now."""
        with Session(self._engine) as session:
            version = session.scalar(select(CompanyRow.loaded_at))
            known = self._known
            if known is None or (version is not None and version != known.version):
                known = load_company(session)
                self._known = known
            return known
