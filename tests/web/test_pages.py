from collections.abc import Awaitable, Callable

import httpx

from core.wording import say
from tests.web.conftest import Firm

SignIn = Callable[[str], Awaitable[None]]


async def test_who_is_not_signed_in_is_sent_to_sign_in(client: httpx.AsyncClient) -> None:
    for path in ("/", "/t/some-thread"):
        response = await client.get(path)
        assert (response.status_code, response.headers["location"]) == (303, "/sign-in")


async def test_the_page_shows_who_i_am_and_what_i_see(client: httpx.AsyncClient, sign_in: SignIn) -> None:
    await sign_in("Max")
    page = (await client.get("/")).text
    assert "Max" in page
    assert say("web.scope.manager", "en", count=1) in page
    assert say("web.ask_first.manager.a", "en") in page


async def test_the_page_speaks_the_browsers_language_until_another_is_chosen(
    client: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("Max")
    headers = {"Accept-Language": "zh-CN"}
    assert '<html lang="zh-CN">' in (await client.get("/", headers=headers)).text
    assert '<html lang="en">' in (await client.get("/?lang=en", headers=headers)).text
    assert '<html lang="en">' in (await client.get("/", headers=headers)).text


async def test_the_page_says_that_it_needs_javascript(client: httpx.AsyncClient, sign_in: SignIn) -> None:
    await sign_in("Rita")
    page = (await client.get("/")).text
    assert f'<noscript><p class="needs-script">{say("web.needs_script", "en")}' in page


async def test_me_says_role_scope_and_what_to_ask(client: httpx.AsyncClient, firm: Firm) -> None:
    me = (await client.get("/api/me?lang=zh", headers=firm.bearer("Rita"))).json()
    assert (me["role"], me["role_label"], me["lang"]) == ("rep", "销售", "zh")
    assert len(me["suggestions"]) >= 3
