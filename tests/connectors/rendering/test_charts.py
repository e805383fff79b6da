from decimal import Decimal
from struct import unpack

import pytest

from connectors.rendering.charts import png_of
from connectors.rendering.pictures import readable
from core.reply import Chart, Reply, Table
from core.wording import Lang
from tests.connectors.rendering.samples import TABLE, labels, reply

BARS = Chart(kind="bar", x="region", y="revenue")
UNSEEN = "\U000e0fff\U0010fffc"


def drawn(lang: Lang, *names: str) -> Reply:
    rows = tuple((name, Decimal(1000 * place)) for place, name in enumerate(names, 1))
    return reply("x", lang, table=Table(columns=TABLE.columns[:2], rows=rows), chart=BARS)


async def test_a_chart_is_a_picture_twice_as_fine() -> None:
    png = await png_of(drawn("en", "East", "West", "North"), labels)
    assert png is not None
    assert png.startswith(b"\x89PNG")
    assert unpack(">II", png[16:24])[0] == 1440


async def test_a_chart_whose_characters_no_font_has_is_left_to_the_table() -> None:
    assert await png_of(drawn("en", "East", f"No{UNSEEN[1]}rth"), labels) is None


@pytest.mark.skipif(not readable("区"), reason="no font with Chinese on this machine")
async def test_chinese_is_drawn_where_a_font_has_it() -> None:
    assert await png_of(drawn("zh", "East", "华南"), labels) is not None


@pytest.mark.skipif(readable("区"), reason="this machine has a font with Chinese")
async def test_chinese_is_not_drawn_as_boxes() -> None:
    assert await png_of(drawn("zh", "East", "华南"), labels) is None


async def test_there_is_no_picture_without_something_to_compare() -> None:
    assert await png_of(reply("x"), labels) is None
    assert await png_of(reply("x", table=TABLE), labels) is None
    assert await png_of(drawn("en", "East"), labels) is None


def test_blanks_and_joiners_need_no_font() -> None:
    assert readable("a b\u200d\ufe0f\n")
    assert not readable(UNSEEN)
