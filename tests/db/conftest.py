"""The small company on each database."""

import pytest
from sqlalchemy import Engine

from tests.db.company import Small, build


@pytest.fixture
def small(engine: Engine) -> Small:
    return build(engine)
