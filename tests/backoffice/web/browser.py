"""A real browser for the tests of the kit: system Chromium, every console message and request remembered."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from playwright.sync_api import Browser, Page, sync_playwright

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
AXE = settings.BASE_DIR / "node_modules" / "axe-core" / "axe.min.js"
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@dataclass
class Visitor:
    """A page with what it complained of and whom it asked."""

    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)

    def open(self, path: str) -> Page:
        """Goes to a path of the site and waits until it is loaded."""
        self.page.goto(self.base + path)
        self.page.wait_for_load_state("load")
        return self.page

    def accessibility(self) -> list[Any]:
        """The violations of levels A and AA that axe finds on the page as it stands."""
        # The bar at the top lies over whatever the page was scrolled under it, and small is what is half covered.
        self.page.evaluate("scrollTo({top: 0, behavior: 'instant'})")
        session = self.page.context.new_cdp_session(self.page)
        # Nothing of ours plays sound or video, for which alone axe would load everything anew.
        wanted = json.dumps({"runOnly": LEVELS, "resultTypes": ["violations"], "preload": False})
        run = f"axe.run(document, {wanted}).then(r => JSON.stringify(r.violations))"
        expression = f"{AXE.read_text()};{run}"
        # Through the debugger, because the policy of the page rightly refuses a script from outside.
        options = {"expression": expression, "awaitPromise": True, "returnByValue": True}
        answer = session.send("Runtime.evaluate", options)
        assert "exceptionDetails" not in answer, f"axe failed on {self.page.url}: {answer['result'].get('description')}"
        found: list[Any] = json.loads(answer["result"]["value"])
        return [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found]

    def overflow(self) -> int:
        """How many pixels the page is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - innerWidth"))


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium, as the headless shell: the same pages without a browser's own windows around them."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium-headless-shell", args=FLAGS)
        yield browser
        browser.close()


def visitor(browser: Browser, base: str, cookies: dict[str, str], **options: Any) -> Visitor:
    """A fresh window with these cookies; `width`, `dark`, `calm` (reduced motion) as wanted."""
    context = browser.new_context(
        viewport={"width": options.get("width", 1440), "height": 900},
        color_scheme="dark" if options.get("dark") else "light",
        reduced_motion="reduce" if options.get("calm") else "no-preference",
    )
    context.add_cookies([{"name": name, "value": value, "url": base} for name, value in cookies.items()])
    guest = Visitor(context.new_page(), base)
    guest.page.on("console", lambda message: _note(guest, message.type, message.text))
    guest.page.on("pageerror", lambda error: guest.complaints.append(str(error)))
    guest.page.on("request", lambda request: guest.hosts.add(urlsplit(request.url).netloc))
    return guest


def _note(guest: Visitor, kind: str, text: str) -> None:
    if kind in {"error", "warning"}:
        guest.complaints.append(text)
