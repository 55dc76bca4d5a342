"""Raffles as staff sees them, and as anybody may verify them: without logging in, and without any script."""

import os
import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.backoffice.web.browser import Visitor, visitor

SHOTS = os.environ.get("POTLUCK_SHOTS")


def look(guest: Visitor, name: str) -> None:
    """Nothing to complain of; a picture for who asks for one."""
    size = guest.page.viewport_size
    if SHOTS and size:
        guest.page.screenshot(path=str(Path(SHOTS) / f"{name}-{size['width']}.png"), full_page=True)
    assert guest.complaints == []
    assert guest.accessibility() == []
    assert guest.overflow() <= 0


@pytest.mark.req("OFF-13", "OFF-14", "OFF-15", "OFF-16", "RAF-17")
@pytest.mark.parametrize("width", [1440, 390])
def test_staff_finds_prizes_schedule_rounds_and_winners(enter, width: int) -> None:
    guest: Visitor = enter("admin@thrilltech.example", width=width)
    page = guest.open("/office/raffles/")
    row = page.locator("tbody tr").filter(has_text="Daily Bonanza")
    row.get_by_text("6 prizes, every 22 hours").click()
    assert row.get_by_text("1st: 50 % of the pot").is_visible()
    assert row.get_by_text("Every day from 00:00 to 22:00 UTC.").is_visible()
    look(guest, "raffles")
    guest.open("/office/raffles/?state=Ended")
    assert not page.get_by_text("Daily Bonanza").is_visible()
    guest.open("/office/raffles/")
    row.get_by_role("link", name="Daily Bonanza").click()
    page.get_by_role("link", name="Rounds", exact=True).click()
    page.wait_for_url("**/rounds/**")
    look(guest, "rounds")
    page.locator("tbody tr").filter(has_text="Complete").first.get_by_role("link").first.click()
    page.wait_for_url("**/office/rounds/**")
    assert page.get_by_role("heading", name="Winners").is_visible()
    look(guest, "round")
    guest.open("/office/credits/?kind=prize")
    assert page.locator("tbody tr").count() >= 6
    look(guest, "credits")


@pytest.mark.req("B-10", "B-17", "B-29")
@pytest.mark.parametrize("width", [1440, 390])
def test_anybody_verifies_a_round_and_a_cycle_without_a_script(site, browser, width: int, tmp_path: Path) -> None:
    with site.database as database:
        raffle = database.execute("SELECT instance_id FROM jackpots_raffleround LIMIT 1").fetchone()
        won = database.execute(
            "SELECT w.instance_id, p.code, w.cycle FROM jackpots_win w JOIN jackpots_pot p ON p.id = w.pot_id LIMIT 1"
        ).fetchone()
    assert raffle is not None
    assert won is not None
    guest = visitor(browser, site.web_url, {}, width=width, java_script_enabled=False)
    page = guest.open("/verify/")
    page.get_by_label("Id of the jackpot").fill(str(raffle[0]))
    page.get_by_role("button", name="Show its draws").click()
    page.wait_for_url("**/verify/*/")
    page.get_by_role("link", name="1", exact=True).click()
    assert page.get_by_text(re.compile("All 6 winners follow from the secret")).is_visible()
    pages = [page.url]
    guest.open(f"/verify/{won[0]}/{won[1]}/{won[2]}/")
    assert page.get_by_text(re.compile("draws on this page follow from the secret")).is_visible()
    pages.append(page.url)
    guest.open("/verify/?instance=nonsense")
    assert page.get_by_text("There is no jackpot of this id.").is_visible()
    page.context.close()
    looker = visitor(browser, site.web_url, {}, width=width)
    for number, url in enumerate([*pages, f"{site.web_url}/verify/", f"{site.web_url}/verify/{raffle[0]}/"]):
        looker.open(url.removeprefix(site.web_url))
        look(looker, f"verify{number}")
    assert looker.hosts == {site.web_url.removeprefix("http://")}
    looker.page.context.close()
    script = tmp_path / "potluck_verify.py"
    with urllib.request.urlopen(f"{site.web_url}/verify/potluck_verify.py") as answer:
        script.write_bytes(answer.read())
    data = [f"rounds/{raffle[0]}/1", f"cycles/{won[0]}/{won[1]}/{won[2]}"]
    command = [sys.executable, "-I", str(script), *(f"{site.web_url}/v1/draws/{one}" for one in data)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout.endswith("everything as committed.\n")) == (0, True), done.stdout


@pytest.mark.req("RAF-12", "RAF-13")
def test_the_clock_of_a_running_site_draws_a_round_within_seconds_of_its_end(site) -> None:
    with site.database as database:
        (round_id,) = database.execute(
            "UPDATE jackpots_raffleround SET ends_at = now() WHERE state = 'active' RETURNING id"
        ).fetchone() or (None,)
        assert round_id is not None
        deadline = time.monotonic() + 60
        query = "SELECT state, late_by_ms, outcome ->> 'winners' FROM jackpots_raffleround WHERE id = %s"
        state, late, winners = "", 0, ""
        while state != "complete" and time.monotonic() < deadline:
            time.sleep(0.2)
            state, late, winners = database.execute(query, [round_id]).fetchone() or ("", 0, "")
    assert (state, winners) == ("complete", "6")
    # The schedule asks each second; a machine that is busy may take a few.
    assert 0 <= late < 30_000
