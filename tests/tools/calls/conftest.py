"""Settings with real weights, once a session."""

import pytest

from core.settings import Settings
from core.weights import source_of
from tests.fixtures.machine import need


@pytest.fixture(scope="session")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The default transcriber over the packaged weights, which are joined once."""
    settings = Settings(home=tmp_path_factory.mktemp("speech"), _env_file=None)
    need(source_of(settings) == "packages", "the offline extra with weights")
    return settings
