"""The kit in a real browser: no complaint of the console or of axe, no other host, keys, themes, live values."""

import json
import os
import threading
from queue import Queue

import pytest
from django.test import Client
from playwright.sync_api import expect
from websockets.sync.server import serve

from backoffice.core import clock
from tests.backoffice.web.browser import chromium, visitor

PAGES = [
    "/office/", "/office/brands/", "/office/brands/?q=zzz", "/office/brands/b1/", "/office/brands/b1/history/",
    "/office/brands/new/", "/office/brands/b1/end/", "/office/search/?q=a", "/accounts/2fa/",
    "/accounts/password/change/",
]  # fmt: skip


@pytest.fixture(scope="module")
def browser():
    # Playwright's loop lives in this thread, which Django would take for an asynchronous caller.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with chromium() as started:
        yield started
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


class Ticker:
    """What the socket says next (None: goodbye), and the paths it was asked for."""

    def __init__(self) -> None:
        self.said: Queue[str | None] = Queue()
        self.paths: Queue[str] = Queue()


@pytest.fixture
def ticker(settings):
    """A socket that says what a test puts into its queue; its address is what the settings say."""
    known = Ticker()

    def speak(connection) -> None:
        known.paths.put(connection.request.path)
        while (text := known.said.get()) is not None:
            connection.send(text)

    with serve(speak, "127.0.0.1", 0) as server:
        settings.EDGE_PORT = server.socket.getsockname()[1]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield known
        known.said.put(None)
        server.shutdown()
        thread.join()


@pytest.fixture
def enter(transactional_db, live_server, browser, visit, brands, ticker):
    """Opens a window in which an operator admin is logged in, on a site with thirty brands."""
    brands(30)
    client: Client = visit()
    opened = []

    def window(**options):
        guest = visitor(browser, live_server.url, {"sessionid": client.cookies["sessionid"].value}, **options)
        opened.append(guest)
        return guest

    yield window
    for guest in opened:
        guest.page.context.close()


def update(value: str) -> str:
    pots = [{"id": "pot-3", "is_progressive": True, "current_value": "@"}]
    message = {
        "msg_type": "Event", "source": "thrillpots", "msg_name": "JackpotUpdate", "operator_id": "thrilltech",
        "data": {"id": "jackpot-1", "pots": pots, "status": "Active", "currency": "EUR"},
        "timestamp": int(clock.now().timestamp() * 1000),
    }  # fmt: skip
    return json.dumps(message).replace('"@"', value)


@pytest.mark.req("B-29")
@pytest.mark.parametrize(("width", "dark"), [(1440, False), (390, True)])
def test_no_page_breaks_the_policy_or_keeps_anybody_out(enter, width, dark):
    guest = enter(width=width, dark=dark)
    for path in PAGES:
        page = guest.open(path)
        assert guest.overflow() <= 0, path
        assert page.evaluate("document.documentElement.dataset.bsTheme") == ("dark" if dark else "light"), path
        assert guest.accessibility() == [], path
    assert guest.complaints == []
    assert guest.hosts == {guest.base.removeprefix("http://")}


@pytest.mark.req("B-29")
def test_the_login_is_as_strict(enter):
    guest = enter()
    guest.page.context.clear_cookies()
    guest.open("/accounts/login/")
    assert guest.accessibility() == []
    assert guest.complaints == []


def test_keys_lead_around(enter):
    page = enter().open("/office/")
    page.keyboard.press("?")
    assert page.locator("dialog[data-keys]").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.type("gd")
    assert page.url.endswith("/office/")
    page.locator("[data-search]").fill("bran")
    page.keyboard.press("Enter")
    page.wait_for_url("**/office/search/?q=bran")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/office/brands/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.locator("tr.at").get_attribute("data-href") == "/office/brands/thrilltech:brand10/"
    page.keyboard.press("Enter")
    page.wait_for_url("**/office/brands/thrilltech:brand10/")
    page.keyboard.press("g")
    page.keyboard.press("d")
    page.wait_for_url("**/office/")


def test_the_first_tab_skips_to_the_content(enter):
    page = enter().open("/office/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_theme_is_kept_and_there_before_the_page_is_painted(enter):
    guest = enter()
    page = guest.open("/office/")
    page.locator("summary[aria-label=Theme]").click()
    page.locator("[data-theme=dark]").click()
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    page.add_init_script(
        "new MutationObserver(() => { if (document.body && !window.first)"
        " window.first = document.documentElement.dataset.bsTheme; })"
        ".observe(document, {childList: true, subtree: true})"
    )
    guest.open("/office/brands/")
    assert page.evaluate("window.first") == "dark"
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "light"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"


def test_the_sidebar_of_a_narrow_screen_opens_and_closes(enter):
    page = enter(width=390).open("/office/")
    link = page.locator('.side a[data-go="d"]')
    assert not link.is_visible()
    page.locator("[data-side-toggle]").click()
    link.wait_for(state="visible")
    page.keyboard.press("Escape")
    link.wait_for(state="hidden")
    assert page.evaluate("document.activeElement.hasAttribute('data-side-toggle')")


def test_filters_columns_and_sizes_stand_in_the_address(enter):
    page = enter().open("/office/brands/")
    page.locator("#id_q").fill("01")
    page.get_by_role("button", name="Filter", exact=True).click()
    page.wait_for_url("**/office/brands/?q=01**")
    assert "created" not in page.url
    page.locator("summary", has_text="Columns").click()
    page.locator("input[name=columns][value=id]").uncheck()
    page.get_by_role("button", name="Show these", exact=True).click()
    page.wait_for_url("**columns=name**")
    assert "columns=id" not in page.url
    page.locator("#per-page").select_option("25")
    page.wait_for_url("**per_page=25**")
    assert "q=01" in page.url
    assert page.locator(".chip").count() == 1


def test_a_typed_name_wakes_the_button(enter):
    page = enter().open("/office/brands/b1/end/")
    button = page.locator(".page-main button[type=submit]")
    assert button.is_disabled()
    page.locator("#id_name").fill("Mega Lucky")
    assert button.is_enabled()


def test_charts_are_drawn_and_have_their_tables(enter):
    page = enter().open("/office/brands/b1/")
    page.wait_for_selector("[data-drawn] canvas")
    assert page.locator("[data-drawn]").count() == 3
    page.locator(".twin summary").first.click()
    assert page.locator(".twin table").first.is_visible()
    box = page.locator("[data-drawn]").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_pages_without_charts_do_not_load_the_drawing(enter):
    guest = enter()
    asked: list[str] = []
    guest.page.on("request", lambda request: asked.append(request.url))
    guest.open("/office/brands/")
    guest.page.wait_for_load_state("networkidle")
    assert not [url for url in asked if "charts-" in url]


@pytest.mark.req("B-28")
def test_a_pot_rolls_to_its_new_value_without_moving_anything(enter, ticker):
    guest = enter()
    page = guest.open("/office/brands/b1/")
    pot = page.locator('[data-pot="jackpot-1:pot-3"]')
    assert pot.text_content() == "1,000.12"
    before = page.locator(".tabs").bounding_box()
    assert ticker.paths.get(timeout=10) == "/ws/v1/staff/instances/?instance=jackpot-1"
    ticker.said.put(update("1234.567891"))
    expect(pot).to_have_text("1,234.56")
    assert pot.get_attribute("data-micros") == "1234567891"
    assert page.locator(".tabs").bounding_box() == before
    expect(page.locator("[data-live-state]")).to_have_text("Live")
    assert "Mini: EUR 1,234.56" in page.locator("[data-live-speech]").text_content()
    assert guest.complaints == []


def test_a_win_shows_at_once(enter, ticker):
    page = enter().open("/office/brands/b1/")
    ticker.paths.get(timeout=10)
    data = {
        "instance_id": "jackpot-1",
        "jackpot_name": "Mega <b>Lucky</b>",
        "jackpot_currency": "EUR",
        "win_amount": 7.5,
    }
    ticker.said.put(json.dumps({"msg_type": "Event", "msg_name": "WinEvent", "data": data}))
    card = page.locator(".toast-card")
    card.wait_for()
    assert "Mega <b>Lucky</b> was won" in card.inner_text()
    assert "EUR 7.50" in card.inner_text()


def test_old_values_turn_pale_and_a_lost_socket_is_sought_again(enter, ticker):
    guest = enter(calm=True)
    guest.page.clock.install()
    page = guest.open("/office/brands/b1/")
    ticker.paths.get(timeout=10)
    ticker.said.put(update("2"))
    expect(page.locator('[data-pot="jackpot-1:pot-3"]')).to_have_text("2.00")
    page.clock.run_for(16_000)
    assert "stale" in page.locator('[data-pot="jackpot-1:pot-3"]').get_attribute("class")
    assert "s old" in page.locator("[data-live-state]").text_content()
    ticker.said.put(None)
    expect(page.locator("[data-live-state]")).to_contain_text("Reconnecting")
    page.clock.run_for(2_000)
    assert ticker.paths.get(timeout=10)
