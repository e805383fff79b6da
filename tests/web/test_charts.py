from xml.etree import ElementTree

import httpx

from core.drawing import Look
from core.reply import Chart
from tests.web.conftest import Firm
from tests.web.standin import RANKING, TREND
from tests.web.test_chat import ask
from web.charts import Gallery

SVG = "{http://www.w3.org/2000/svg}"
BARS = Chart(kind="bar", x="region", y="revenue")
LINE = Chart(kind="line", x="month", y="revenue")


def texts(svg: str) -> list[str]:
    return [node.text or "" for node in ElementTree.fromstring(svg).iter(f"{SVG}text")]


async def test_the_gallery_draws_once_and_stays_small() -> None:
    gallery = Gallery(size=2)
    first = await gallery.chart("t1", RANKING, BARS, Look(), names={})
    assert await gallery.chart("t1", TREND, LINE, Look(), names={}) is first
    for turn in ("t2", "t3"):
        await gallery.chart(turn, RANKING, BARS, Look(), names={})
    assert len(gallery._kept) == 2


async def test_the_chart_of_my_turn_is_an_image_that_can_run_nothing(client: httpx.AsyncClient, firm: Firm) -> None:
    turn = (await ask(client, firm, "Rita", "ranking")).json()["turn_id"]
    path = f"/api/chat/turns/{turn}/chart.svg"
    response = await client.get(path, params={"lang": "zh", "theme": "dark"}, headers=firm.bearer("Rita"))
    assert response.headers["content-type"] == "image/svg+xml"
    assert response.headers["content-security-policy"].endswith("sandbox")
    assert "private" in response.headers["cache-control"]
    assert "234.57万" in texts(response.text)


async def test_there_is_no_chart_of_anothers_turn_or_of_one_without(client: httpx.AsyncClient, firm: Firm) -> None:
    drawn = (await ask(client, firm, "Rita", "ranking")).json()["turn_id"]
    plain = (await ask(client, firm, "Rita", "hello")).json()["turn_id"]
    for turn, name in ((drawn, "Dora"), (plain, "Rita"), ("none", "Rita")):
        response = await client.get(f"/api/chat/turns/{turn}/chart.svg", headers=firm.bearer(name))
        assert (response.status_code, response.json()["code"]) == (404, "not_found")


async def test_an_unknown_look_is_a_problem(client: httpx.AsyncClient, firm: Firm) -> None:
    response = await client.get("/api/chat/turns/x/chart.svg?theme=pink", headers=firm.bearer("Rita"))
    assert response.json()["errors"][0]["pointer"] == "#query/theme"
