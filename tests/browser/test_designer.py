"""A template from the designer to the players' rules: typed, simulated by the worker, published by two people."""

import re

import pytest

from tests.backoffice.web.browser import Visitor

REPORT = re.compile(r"/office/templates/([0-9a-f-]{36})/simulation/")


def look(guest: Visitor) -> None:
    """Nothing to complain of, from the top, where no sticky bar covers a part of a field."""
    guest.page.evaluate("scrollTo(0, 0)")
    assert guest.complaints == []
    assert guest.accessibility() == []
    assert guest.overflow() <= 0


@pytest.mark.req("POT-01", "POT-06", "OFF-18", "R-01")
@pytest.mark.parametrize("width", [1440, 390])
def test_a_template_is_designed_simulated_and_published(enter, width: int) -> None:
    guest: Visitor = enter("manager@thrilltech.example", width=width)
    page, name = guest.open("/office/templates/new/"), f"Designed {width}"
    page.get_by_label("Name").fill(name)
    pot = page.get_by_role("group", name="Pot 1")
    pot.get_by_label("Share of a contribution, %").fill("60")
    preview = page.get_by_label("What it comes to")
    preview.get_by_text("10 % missing").wait_for()
    assert pot.get_by_label("Drops from").is_visible()
    assert not pot.get_by_label("Odds: one in").is_visible()
    pot.get_by_label("Drops", exact=True).select_option("time")
    assert pot.get_by_label("Once every").is_visible()
    assert not pot.get_by_label("Drops from").is_visible()
    pot.get_by_label("Drops", exact=True).select_option("value")
    pot.get_by_label("Drops from").fill("20")
    pot.get_by_label("Drops up to").fill("40")
    pot.get_by_label("First seed").fill("5")
    pot.get_by_label("Later seeds").fill("5")
    page.get_by_label("The house keeps, %").fill("40")
    page.get_by_label("Contributions a day you expect").fill("5000")
    preview.get_by_text("Nothing keeps it from being published but a simulation").wait_for()
    assert preview.get_by_text("main in time").is_visible()
    look(guest)
    page.get_by_role("button", name="Save and simulate").click()
    page.wait_for_url(REPORT)
    address = page.url
    # The page follows the worker by itself: it is not loaded again.
    page.evaluate("window.stillThere = true")
    page.get_by_text("Done: the template is within the policy.").wait_for(timeout=60_000)
    page.locator("[data-toasts]").get_by_text("The simulation is done").wait_for()
    assert page.evaluate("window.stillThere") is True
    assert page.get_by_text("200,000 in each run").is_visible()
    look(guest)
    template_id = REPORT.search(address)
    assert template_id is not None
    page.goto(f"{guest.base}/office/templates/{template_id[1]}/publish/")
    page.get_by_label("Reason").fill("A new season")
    look(guest)
    page.get_by_role("button", name="Ask for the publication").click()
    page.wait_for_url(re.compile(r"/office/approvals/[0-9a-f-]{36}/"))
    second: Visitor = enter("approver@thrilltech.example")
    second.page.goto(page.url)
    second.page.get_by_role("button", name="Approve").wait_for()
    second.page.keyboard.press("a")
    second.page.get_by_text("Approved; it has taken effect.").wait_for()
    page.goto(f"{guest.base}/office/instances/open/?template={template_id[1]}")
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Open the jackpot").click()
    page.wait_for_url(re.compile(r"/office/instances/[0-9a-f-]{36}/"))
    page.get_by_role("link", name="Rules", exact=True).click()
    page.get_by_role("heading", name=name).wait_for()
    assert page.get_by_text("between EUR 20.00 and EUR 40.00, and never above").is_visible()
    page.get_by_role("link", name="Deutsch").click()
    page.get_by_text("zwischen EUR 20,00 und EUR 40,00, nie darüber").wait_for()
    look(guest)
