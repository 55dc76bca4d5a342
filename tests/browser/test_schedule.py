"""A schedule from the form to the calendar: typed, pasted, looked at by mouse and keyboard, asked what it accepts."""

import re

import pytest
from playwright.sync_api import TimeoutError as NotInTimeError

from tests.backoffice.web.browser import Visitor

PASTED = """{
// for ever
"recurrence_rules": [{"frequency": {"Daily": {"hours": [[{"hour": 19}.
{"hour": 21}]]}}, "interval": 1,}]
}"""


def look(guest: Visitor) -> None:
    """Nothing to complain of, from the top, where no sticky bar covers a part of a field."""
    guest.page.evaluate("scrollTo(0, 0)")
    assert guest.complaints == []
    assert guest.accessibility() == []
    assert guest.overflow() <= 0


@pytest.mark.req("I-11", "I-25", "SCH-12", "SCH-15", "CON-26")
@pytest.mark.parametrize("width", [1440, 390])
def test_a_schedule_is_pasted_opened_and_asked(enter, width: int) -> None:
    guest: Visitor = enter("admin@thrilltech.example", width=width)
    page = guest.open("/office/instances/open/")
    template = page.locator("select[name=template_id]")
    jackpot = template.locator("option", has_text="Mega Lucky")
    template.select_option(jackpot.first.get_attribute("value"))
    page.get_by_label("Name").fill(f"Happy hour {width}")
    page.get_by_label("Display zone").select_option("Europe/Malta")
    page.get_by_label("Paste a schedule").fill(PASTED)
    preview = page.get_by_label("Preview of the schedule")
    preview.get_by_text("Every day from 19:00 to 21:00 UTC.").wait_for()
    assert preview.get_by_text("Line 3: point read as a comma").is_visible()
    look(guest)
    page.get_by_role("button", name="Read what was pasted").click()
    page.get_by_text("It stands in the fields now").wait_for()
    assert page.get_by_label("Hours of a day, in UTC").input_value() == "19:00-21:00"
    page.get_by_label("Monday", exact=True).check()
    page.get_by_label("Saturday", exact=True).check()
    page.get_by_label("Saturday's own hours").fill("8:00-20:00")
    preview.get_by_text("Every week on Mon at the daily hours; Sat from 08:00 to 20:00 UTC.").wait_for()
    look(guest)
    page.get_by_role("button", name="Open the jackpot").click()
    try:
        page.wait_for_url(re.compile(r"/office/instances/[0-9a-f-]{36}/"))
    except NotInTimeError:
        raise AssertionError(f"not opened: {guest.complaints} {page.locator('main').inner_text()}") from None
    schedule = page.url.split("?")[0] + "schedule/"

    page.goto(f"{schedule}?month=2040-03&zone=Europe/Malta")
    assert page.get_by_role("heading", name="March 2040").is_visible()
    assert page.get_by_text("Clocks in Europe/Malta go forward by 1 h").first.is_visible()
    look(guest)
    page.locator("body").press("j")
    page.locator("body").press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/schedule/?week=2040-02-28**")
    page.get_by_role("link", name="After").click()
    assert page.get_by_role("heading", name="5 to 11 March 2040").is_visible()
    assert page.get_by_text("19:00\N{EN DASH}21:00 UTC").first.is_visible()
    look(guest)
    page.get_by_text("The same as a table").click()
    assert page.get_by_role("cell", name="Mon 05 Mar 20:00\N{EN DASH}22:00").is_visible()

    page.get_by_label("Moment").fill("2040-03-06T20:00")
    page.get_by_role("button", name="Ask").click()
    assert page.get_by_text("Tue is not among the open days.").is_visible()
    page.get_by_label("Moment").fill("2040-03-10T10:00")
    page.get_by_role("button", name="Ask").click()
    verdict = page.get_by_role("status").filter(has_text="Accepted at 10 Mar 2040, 09:00 UTC")
    verdict.wait_for()
    assert verdict.get_by_text("recurrence_rules[1].frequency.Weekly.days[1][1].Daily.hours[0]").is_visible()
    look(guest)
