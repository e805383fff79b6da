import httpx
import pytest

from core.wording import LANGS, phrases
from tests.web.conftest import Firm
from web.language import accepted


async def test_nowhere_is_a_problem_to_a_program_and_a_page_to_a_person(client: httpx.AsyncClient) -> None:
    problem = await client.get("/nowhere")
    page = await client.get("/nowhere", headers={"Accept": "text/html,*/*", "Accept-Language": "zh-CN"})
    assert problem.headers["content-type"] == "application/problem+json"
    assert problem.json() == {
        "type": "about:blank", "title": "Not found", "status": 404, "code": "no_such_page",
        "detail": "There is nothing at this address.",
    }  # fmt: skip
    assert (page.status_code, "没有找到" in page.text) == (404, True)


async def test_a_wrong_method_says_which_are_right(client: httpx.AsyncClient) -> None:
    response = await client.delete("/api/chat")
    assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed")
    assert response.headers["allow"] == "POST"


async def test_what_breaks_shows_nothing_of_the_inside(client: httpx.AsyncClient, firm: Firm) -> None:
    response = await client.post("/api/chat", json={"message": "boom"}, headers=firm.bearer("Rita"))
    assert (response.status_code, response.json()["code"]) == (500, "bug")
    assert "secret detail" not in response.text
    assert "default-src 'none'" in response.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("headers", "query", "lang"),
    [
        ({"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"}, "", "zh"),
        ({"Accept-Language": "de,en;q=0.5"}, "", "en"),
        ({"Accept-Language": "zh", "Cookie": "dealhand_lang=en"}, "", "en"),
        ({"Cookie": "dealhand_lang=en"}, "?lang=zh", "zh"),
        ({"Cookie": "dealhand_lang=xx"}, "?lang=xx", "en"),
    ],
)
async def test_problems_speak_the_readers_language(
    client: httpx.AsyncClient, headers: dict[str, str], query: str, lang: str
) -> None:
    response = await client.get(f"/api/me{query}", headers=headers)
    assert response.headers["content-language"] == lang
    assert response.json()["detail"] == phrases("zh" if lang == "zh" else "en")["errors.not_signed_in"]


@pytest.mark.parametrize(
    ("header", "lang"), [("", None), ("fr", None), ("fr, zh-TW;q=0.4", "zh"), ("en;q=0", None), ("zh;q=x,en", "en")]
)
def test_accept_language(header: str, lang: str | None) -> None:
    assert accepted(header) == lang


async def test_body_that_is_no_json_is_a_problem(client: httpx.AsyncClient, firm: Firm) -> None:
    headers = {**firm.bearer("Rita"), "Content-Type": "application/json"}
    response = await client.post("/api/chat", content=b"{", headers=headers)
    assert response.status_code == 422
    assert response.json()["errors"][0]["detail"] == "This is not valid JSON."


def test_the_words_of_the_page_are_the_same_in_every_language() -> None:
    keys = [{key for key in phrases(lang) if key.startswith("web.")} for lang in LANGS]
    assert keys[0] == keys[1]
