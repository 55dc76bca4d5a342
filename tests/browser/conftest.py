"""One browser and one site for all tests of this folder."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from backoffice.demo.definitions import PASSWORD
from tests.backoffice.web.browser import Visitor, chromium, visitor
from tests.site import Site, own_database, site_of

CONTRIBUTIONS = 1_000


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # Playwright's loop lives in this thread, which Django would take for an asynchronous caller.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with chromium() as started:
        yield started
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def site(amqp_url: str) -> Iterator[Site]:
    with own_database() as database_url, site_of(database_url, amqp_url, contributions=CONTRIBUTIONS) as made:
        for name in ("web", "edge", "worker", "beat"):
            made.start(name)
        yield made


@pytest.fixture
def enter(site: Site, browser: Browser):
    """Opens a window in which somebody logs in through the login page."""
    opened: list[Visitor] = []

    def window(email: str, **options) -> Visitor:
        guest = visitor(browser, site.web_url, {}, **options)
        opened.append(guest)
        page = guest.open("/accounts/login/")
        page.get_by_label("E-mail").fill(email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url("**/office/**")
        return guest

    yield window
    for guest in opened:
        guest.page.context.close()
