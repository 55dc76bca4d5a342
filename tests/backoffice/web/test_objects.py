"""Object pages: facts, tabs, acts by right, and the history from the audit log."""

from datetime import timedelta

import pytest

from backoffice.audit.models import AuditEntry
from tests.backoffice.web.conftest import MADE


def entry(number: int, **fields: object) -> AuditEntry:
    values = {
        "at": MADE + timedelta(minutes=number), "operator_id": "thrilltech", "actor_kind": "staff", "actor_id": "1",
        "actor_name": "ada@thrilltech.example", "action": f"Act {number:02}", "object_type": "brand",
        "object_id": "b1", "reason": "Because", "before": {"state": "active"}, "after": {"state": "paused"},
    }  # fmt: skip
    return AuditEntry.objects.create(**{**values, **fields})


def test_an_object_shows_its_name_state_facts_and_tabs(visit):
    page = visit().get("/office/brands/b1/").content.decode()
    assert "<h1>Mega b1" in page
    assert 'class="state green"' in page
    assert 'data-copy="b1"' in page
    assert '<a href="/office/brands/b1/" aria-current="page">Overview' in page


def test_acts_are_shown_to_who_may_do_them(visit):
    assert "/office/brands/b1/pause/" in visit("operator_admin").get("/office/brands/b1/").content.decode()
    assert "/office/brands/b1/pause/" not in visit("analyst").get("/office/brands/b1/").content.decode()


def test_live_values_carry_what_the_script_needs(visit):
    page = visit().get("/office/brands/b1/").content.decode()
    assert 'data-pot="jackpot-1:pot-0" data-micros="1000000123456" data-decimals="2" data-currency="EUR"' in page
    assert 'data-live-path="/ws/v1/staff/instances/?instance=jackpot-1"' in page


@pytest.mark.req("GEN-08")
def test_the_history_is_the_audit_log_of_this_object_in_scope(visit):
    entry(1)
    entry(2, object_id="b2", action="Of another object")
    entry(3, operator_id="rival", action="Of another operator")
    page = visit().get("/office/brands/b1/history/").content.decode()
    assert "Act 01" in page
    assert "ada@thrilltech.example" in page
    assert "Because" in page
    assert '<td class="wrap before">active</td><td class="wrap after">paused</td>' in page
    assert "Of another" not in page


def test_a_long_history_has_pages(visit):
    for number in range(60):
        entry(number)
    client = visit()
    assert "Act 59" in client.get("/office/brands/b1/history/").content.decode()
    older = client.get("/office/brands/b1/history/?page=2").content.decode()
    assert "Act 09" in older
    assert "Act 10" not in older


def test_an_object_without_history_says_so(visit):
    assert "Nothing was done to it yet" in visit().get("/office/brands/b1/history/").content.decode()
