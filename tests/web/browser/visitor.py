"""Someone at the page: what they do, and what the browser complained of meanwhile."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.async_api import Browser, ConsoleMessage, Locator, Page, Request, ViewportSize

DESKTOP: ViewportSize = {"width": 1280, "height": 860}
PHONE: ViewportSize = {"width": 320, "height": 640}


@dataclass
class Visitor:
    """One page in a context of its own; `complaints` collects console errors and requests to other hosts."""

    base: str
    page: Page
    complaints: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ()

    def watch(self) -> None:
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        self.page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not any(part in message.text for part in self.expected):
            self.complaints.append(f"{message.type}: {message.text}")

    def _request(self, request: Request) -> None:
        if urlsplit(request.url).netloc != urlsplit(self.base).netloc:
            self.complaints.append(f"request to {request.url}")

    async def sign_in(self, name: str) -> None:
        """Through the demo page."""
        await self.page.goto(f"{self.base}/sign-in")
        for group in await self.page.locator("details:not([open]) summary").all():
            await group.click()
        await self.page.locator("button[name=person]").filter(has_text=name).first.click()
        await self.page.wait_for_selector("#ask:not([hidden])")

    async def ask(self, text: str) -> Locator:
        """Type, press Enter, and wait for the whole reply."""
        replies = self.page.locator(".reply")
        before = await replies.count()
        await self.page.fill("#message", text)
        await self.page.press("#message", "Enter")
        reply = replies.nth(before)
        await reply.locator(".feedback").wait_for()
        return reply


async def visit(
    browser: Browser, base: str, *, locale: str = "en-US", scheme: str = "light", phone: bool = False
) -> Visitor:
    """A new visitor with a browser of that language, colours and size."""
    context = await browser.new_context(
        locale=locale, color_scheme="dark" if scheme == "dark" else "light", viewport=PHONE if phone else DESKTOP
    )
    visitor = Visitor(base, await context.new_page())
    visitor.watch()
    return visitor
