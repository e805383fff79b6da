"""Who is ours in the files that the tests make."""

from zoneinfo import ZoneInfo

import pytest

from connectors.conversations.setting import Setting
from db.ours import OurSide


@pytest.fixture
def setting() -> Setting:
    names = {"kevinchen": frozenset({1}), "王芳": frozenset({2})}
    ours = OurSide(names, {"kevin@ours.example": 1}, frozenset({"ours.example"}))
    return Setting(ours, ZoneInfo("Asia/Shanghai"))
