"""The liability page: figures lead to lines that add up to them, the export is the page, and nobody sees too much."""

import csv
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.test import Client

from backoffice.accounts.models import StaffUser
from backoffice.audit.models import AuditEntry
from backoffice.tenancy.models import Operator
from jackpots.models import Instance, Transfer
from reporting.queries.lines import trial_balance
from reporting.web import ledger
from reporting.web.liability_table import Table
from tests.cast import Cast, quiet_draft, sure_draft
from tests.reporting.kit import give

pytestmark = pytest.mark.django_db(transaction=True)
BrowserOf = Callable[[StaffUser], Client]
APRIL = datetime(2026, 4, 2, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(APRIL + timedelta(days=1), tick=False):
        yield


@pytest.fixture
def spring(cast: Cast, now: datetime) -> Cast:
    """Two currencies, two months, two brands, a win."""
    give(cast.house, cast.source, now, times=3)
    give(cast.house, cast.source, APRIL, times=2, brand_id=cast.brand2.pk)
    give(cast.house, cast.house.open(sure_draft()), APRIL)
    give(cast.house, cast.house.open(quiet_draft(name="=Dollars", currency="USD")), now)
    give(cast.rival_house, cast.rival_source, now, times=9)
    return cast


def tables(client: Client, query: str = "") -> list[Table]:
    response = client.get(f"/office/liability/{query}")
    assert response.status_code == 200
    found: list[Table] = response.context["tables"]
    return found


def cells(found: list[Table]) -> list[list[str]]:
    """Every line of the page as the export should have it."""
    lines: list[list[str]] = []
    for table in found:
        for group in table.groups:
            lines.extend(
                [table.currency, group.name, line.label, *(_six(cell.micros) for cell in line.cells)]
                for line in group.lines
            )
        lines.append([table.currency, "", table.total.label, *(_six(cell.micros) for cell in table.total.cells)])
    return lines


def _six(micros: int) -> str:
    sign = "-" if micros < 0 else ""
    return f"{sign}{abs(micros) // 1_000_000}.{abs(micros) % 1_000_000:06d}"


@pytest.mark.req("OFF-17", "OFF-18", "G-20", "B-15")
def test_every_figure_leads_to_lines_that_add_up_to_it(spring: Cast, browser_of: BrowserOf) -> None:
    client = browser_of(spring.analyst)
    followed = 0
    for table in tables(client):
        for line in [*(line for group in table.groups for line in group.lines), table.total]:
            for cell in line.cells:
                if cell.micros and cell.url:
                    answer = client.get(cell.url)
                    assert answer.status_code == 200
                    found = answer.context["sum"] * answer.context["figure"].sign
                    assert found == (-cell.micros if cell.name == "payouts" else cell.micros), (cell, line.label)
                    followed += 1
    assert followed > 40


@pytest.mark.req("G-20")
def test_the_page_says_that_it_reconciles(spring: Cast, browser_of: BrowserOf) -> None:
    page = browser_of(spring.analyst).get("/office/liability/").content.decode()
    assert page.count("Reconciled to the ledger") == 2
    assert "difference 0.000000 EUR" in page
    assert page.count("to pots and unpaid wins 0.000000") == 2
    past = browser_of(spring.analyst).get("/office/liability/?month=2026-03").content.decode()
    assert "difference 0.000000 EUR" in past
    assert "to pots and unpaid wins" not in past


@pytest.mark.req("OFF-18")
def test_the_export_is_what_the_page_shows(spring: Cast, browser_of: BrowserOf) -> None:
    client = browser_of(spring.analyst)
    for query in ("?range=12m", "?month=2026-03", "?range=all&brand=thrilltech:brand2"):
        shown = cells(tables(client, query))
        answer = client.get(f"/office/liability/{query}&export=csv")
        assert answer["Content-Type"].startswith("text/csv")
        text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
        rows = [row for row in csv.reader(StringIO(text)) if row[0] != "Currency" and "Difference" not in row[2]]
        assert [[cell.removeprefix("'") for cell in row] for row in rows] == shown
        assert re.search(r"\nUSD,'=Dollars \d,", text)
        assert "Difference to the ledger,0.000000" in text


@pytest.mark.req("OFF-18")
def test_an_export_is_kept_in_the_audit_log(spring: Cast, browser_of: BrowserOf) -> None:
    browser_of(spring.analyst).get("/office/liability/?range=ytd&export=csv")
    entry = AuditEntry.objects.get(action="report.exported")
    assert (entry.actor_name, entry.operator_id, entry.object_id) == (spring.analyst.email, "thrilltech", "liability")
    assert entry.after == {"range": ["ytd"]}
    listed = browser_of(spring.manager).get("/office/exports/").content.decode()
    assert "range: ytd" in listed
    assert "/office/liability/?range=ytd" in listed
    assert "range: ytd" not in browser_of(spring.rival_manager).get("/office/exports/").content.decode()
    page = browser_of(spring.root).get("/office/liability/?operator=thrilltech&export=csv")
    assert page["Content-Type"].startswith("text/html")


@pytest.mark.req("OFF-18")
def test_filters_by_jackpot_month_and_days(spring: Cast, browser_of: BrowserOf) -> None:
    client = browser_of(spring.analyst)
    (one,) = tables(client, f"?instance={spring.instance.pk}&month=2026-03")
    assert [(group.name, [line.label for line in group.lines]) for group in one.groups] == [
        (spring.instance.name, ["Mar 2026"])
    ]
    euros = tables(client, "?from=2026-03-15&to=2026-04-01")[0]
    assert [line.label for line in euros.groups[0].lines] == [
        "15\N{EN DASH}31 Mar 2026",
        "1\N{EN DASH}1 Apr 2026",
        "Total",
    ]
    assert tables(client, "?month=2025-01") == []
    assert client.get("/office/liability/?from=0001-01-01&to=9999-12-31&month=xxxxxxx&instance=1").status_code == 200


@pytest.mark.req("B-15", "OFF-20")
def test_a_brand_filter_shows_flows_of_the_brand_and_whole_closings(spring: Cast, browser_of: BrowserOf) -> None:
    client = browser_of(spring.analyst)
    whole = tables(client, "?range=all")[0]
    part = tables(client, "?range=all&brand=thrilltech:brand2")[0]
    assert [label for _, label in part.columns if label == "Others"] == ["Others"]
    named = [{cell.name: cell.micros for cell in table.total.cells} for table in (whole, part)]
    assert named[0]["closing"] == named[1]["closing"]
    assert 0 < named[1]["contributions_to_pots"] < named[0]["contributions_to_pots"]
    flows = ("contributions_to_pots", "contributions_to_seeds", "house_funding", "payouts", "other_brands")
    assert named[1]["opening"] + sum(named[1][name] for name in flows) == named[1]["closing"]


@pytest.mark.req("OFF-17")
def test_another_operators_ledger_is_not_there(spring: Cast, browser_of: BrowserOf) -> None:
    client = browser_of(spring.rival_manager)
    page = client.get("/office/liability/?range=all").content.decode()
    assert spring.instance.name in page  # the rival's own has the same name
    assert str(spring.instance.pk) not in page
    foreign = f"/office/liability/lines/?figure=closing&instance={spring.instance.pk}"
    assert client.get(foreign).status_code == 404
    assert client.get("/office/liability/?operator=thrilltech").status_code == 404
    assert browser_of(spring.manager).get(foreign).status_code == 200
    assert client.get("/office/liability/lines/?figure=nonsense").status_code == 404


@pytest.mark.req("G-20")
def test_lines_go_on_page_by_page(spring: Cast, browser_of: BrowserOf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reporting.web.ledger.PAGE", 4)
    client = browser_of(spring.analyst)
    path, seen = "/office/liability/lines/?figure=closing&currency=EUR", []
    while True:
        answer = client.get(path)
        seen += [(line.occurred_at, line.id) for line in answer.context["lines"]]
        if not answer.context["next"]:
            break
        path = f"/office/liability/lines/{answer.context['next']}"
    assert seen == sorted(seen, reverse=True)
    text = b"".join(client.get("/office/liability/lines/?figure=closing&currency=EUR&export=csv").streaming_content)  # type: ignore[attr-defined]
    assert len(text.decode().splitlines()) - 1 == len(seen) == len(set(seen)) > 12


@pytest.mark.req("G-20")
def test_a_transfer_shows_what_it_booked(spring: Cast, browser_of: BrowserOf, now: datetime) -> None:
    booked = Transfer.objects.get(instance=spring.instance, kind="contributions", occurred_at=now)
    page = browser_of(spring.analyst).get(f"/office/transfers/{booked.pk}/").content.decode()
    assert page.count("pl\N{BULLET}\N{BULLET}\N{BULLET}01") == 3
    assert browser_of(spring.rival_manager).get(f"/office/transfers/{booked.pk}/").status_code == 404
    won = Transfer.objects.get(kind="win")
    assert re.search(
        r"/office/winners/[0-9a-f-]{36}/",
        browser_of(spring.manager).get(f"/office/transfers/{won.pk}/").content.decode(),
    )


@pytest.mark.req("B-12")
def test_the_trial_balance_is_zero_for_every_currency(spring: Cast, browser_of: BrowserOf) -> None:
    response = browser_of(spring.analyst).get("/office/trial-balance/")
    sheets = response.context["sheets"]
    assert [(sheet.currency, sheet.total_micros) for sheet in sheets] == [("EUR", 0), ("USD", 0)]
    assert all(sheet.debit_micros > 0 for sheet in sheets)
    names = {row.instance.id for sheet in sheets for row, _ in sheet.rows}
    assert names == set(Instance.objects.filter(operator_id="thrilltech").values_list("pk", flat=True))
    assert "total 0.000000 EUR" in response.content.decode()
    assert "Does not balance" not in response.content.decode()


@pytest.mark.req("B-12")
def test_a_trial_balance_that_is_not_zero_says_so(
    spring: Cast, browser_of: BrowserOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "trial_balance", lambda operator_id: trial_balance(operator_id)[1:])
    response = browser_of(spring.analyst).get("/office/trial-balance/")
    off = [sheet.total_micros for sheet in response.context["sheets"] if sheet.total_micros]
    assert len(off) == 1
    assert response.content.decode().count("Does not balance") == 1


@pytest.mark.req("B-15")
def test_months_are_of_the_accounting_zone_also_when_the_viewer_is_elsewhere(
    spring: Cast, browser_of: BrowserOf
) -> None:
    Operator.objects.filter(pk="thrilltech").update(accounting_zone="Pacific/Auckland")
    page = browser_of(spring.analyst).get("/office/liability/").content.decode()
    assert "accounting zone Pacific/Auckland" in page


def test_nothing_owed_says_so(cast: Cast, browser_of: BrowserOf) -> None:
    page = browser_of(cast.rival_manager).get("/office/liability/").content.decode()
    assert "Nothing was owed in these days" in page
    assert "No account yet" in browser_of(cast.rival_manager).get("/office/trial-balance/").content.decode()


def test_who_may_not_see_it(cast: Cast, client: Any) -> None:
    assert client.get("/office/liability/").status_code == 302


@pytest.mark.req("G-20")
def test_the_page_says_what_differs(spring: Cast, browser_of: BrowserOf) -> None:
    pot = spring.instance.pots.get(code="minor")
    type(pot).objects.filter(pk=pot.pk).update(value_micros=pot.value_micros + 1)
    page = browser_of(spring.analyst).get("/office/liability/").content.decode()
    assert page.count("Pots and wins differ from the ledger") == 1
    assert "to pots and unpaid wins \N{MINUS SIGN}0.000001" in page
    assert page.count("Reconciled to the ledger") == 1
