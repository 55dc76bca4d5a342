"""The main job, as its users do it: a feed is submitted, refused to its author, approved by somebody else; bets become
contributions, the pot grows on the screen, somebody wins, and the reports agree with the ledger."""

import json
import re
from uuid import uuid4

import psycopg
import pytest
from kombu import Connection, Queue
from playwright.sync_api import Page, expect

from tests.backoffice.web.browser import Visitor
from tests.site import Site

ADMIN, APPROVER, ANALYST = "admin@thrilltech.example", "approver@thrilltech.example", "analyst@thrilltech.example"
PATIENCE_MS = 45_000
# The mini pot starts at 5 and must drop below 25; each bet adds 0.04 or less.
BETS = 1_000

APPROVE_ONE_S_OWN = """
UPDATE approvals_approval SET state = 'approved', decided_by_id = requested_by_id, decided_at = now() WHERE id = %s
"""
WINS_OF_THE_FEED = """
SELECT count(*) FROM jackpots_win w JOIN jackpots_contribution c ON c.id = w.contribution_id
WHERE c.gameround_id LIKE 'early-%' OR c.gameround_id LIKE 'late-%'
"""
OWED = """
SELECT a.currency, sum(l.amount_micros) FROM jackpots_line l JOIN jackpots_account a ON a.id = l.account_id
WHERE a.operator_id = 'thrilltech' AND a.kind IN ('pot', 'seed', 'boost', 'payable', 'withheld') GROUP BY 1
"""
# The journal, the meters that the dashboard reads, and what house funding paid by the ledger.
CONTRIBUTED = """
SELECT (SELECT count(*) FROM jackpots_contribution WHERE operator_id = 'thrilltech'),
       (SELECT sum(contribution_count) FROM jackpots_meter WHERE operator_id = 'thrilltech'),
       (SELECT sum(amount_micros) FROM jackpots_contribution WHERE operator_id = 'thrilltech'),
       (SELECT sum(contribution_micros) FROM jackpots_meter WHERE operator_id = 'thrilltech'),
       (SELECT -sum(l.amount_micros) FROM jackpots_line l JOIN jackpots_account a ON a.id = l.account_id
        JOIN jackpots_transfer t ON t.id = l.transfer_id
        WHERE t.kind = 'contributions' AND a.kind = 'house_funding' AND t.operator_id = 'thrilltech')
"""


class Partner:
    """The partner's side of RabbitMQ: a queue of its own, and bets published into it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.queue = f"casino-{uuid4().hex[:8]}"
        with Connection(url) as connection:
            Queue(self.queue, durable=True, channel=connection.default_channel).declare()

    def publish(self, count: int, prefix: str) -> None:
        with Connection(self.url) as connection:
            producer = connection.Producer(connection.channel())
            for number in range(count):
                body = {
                    "activity_id": f"{prefix}-{number}", "amount": 1, "currency": "EUR", "exchange_rate": 1,
                    "game_id": "10911", "game_name": "Dead or Alive", "is_round_end": False,
                    "origin": "brand1.example.com", "round_id": f"{prefix}-{number}", "status": "Approved",
                    "timestamp": "2026-01-02T08:27:58.721607Z", "type": "Bet", "user_id": f"player_{number % 50:05d}",
                    "vendor_id": "1", "vendor_name": "Netent", "wager_amount": 1,
                }  # fmt: skip
                producer.publish(
                    json.dumps(body).encode(), routing_key=self.queue, type="CASINO",
                    content_type="application/json", content_encoding="binary",
                )  # fmt: skip

    def remove(self) -> None:
        with Connection(self.url) as connection:
            Queue(self.queue, channel=connection.default_channel).delete()


@pytest.fixture
def partner(amqp_url: str):
    made = Partner(amqp_url)
    yield made
    made.remove()


def submit(page: Page, partner: Partner, name: str) -> str:
    """Fills the form in; gives the new integration's id."""
    with Connection(partner.url) as connection:
        host, port = connection.hostname, connection.port
        login, password = connection.userid, connection.password
    page.locator("#id_server").select_option("partner")
    typed = {
        "name": name, "host": host, "port": port, "username": login, "password": password, "queue": partner.queue,
        "brands": "brand1.example.com = thrilltech:brand1", "default_source_id": "sitewide-casino",
        "reason": "The casino's bets, as agreed.",
    }  # fmt: skip
    for field, text in typed.items():
        page.locator(f"#id_{field}").fill(str(text))
    page.get_by_role("button", name="Submit for approval").click()
    page.wait_for_url(re.compile(r"/office/integrations/[0-9a-f-]{36}/"))
    return page.url.rstrip("/").split("/")[-1]


def refused_by_page_api_and_database(guest: Visitor, site: Site, integration_id: str) -> str:
    """The author tries all three ways; gives the request's id."""
    page = guest.page
    with site.database as database:
        found = database.execute(
            "SELECT approval_id::text FROM integrations_integration WHERE id = %s", [integration_id]
        ).fetchone()
        assert found is not None
        approval_id = str(found[0])
        guest.open(f"/office/approvals/{approval_id}/")
        expect(page.get_by_role("button", name="Approve")).to_have_count(0)
        sent = page.evaluate(
            """async ([page_url, api_url]) => {
                const token = document.cookie.match(/csrftoken=([^;]+)/)[1];
                const form = new URLSearchParams({act: "approve", reason: "me", csrfmiddlewaretoken: token});
                const by_page = await fetch(page_url, {method: "POST", body: form});
                const by_api = await fetch(api_url, {method: "POST", headers: {"Content-Type": "application/json",
                    "X-CSRFToken": token}, body: JSON.stringify({approved: true, reason: "me"})});
                return [by_page.status, by_api.status, await by_api.json()];
            }""",
            [f"/office/approvals/{approval_id}/", f"/api/v1/approvals/{approval_id}/decide/"],
        )
        assert sent[0] in {403, 422}
        assert sent[1] == 403
        assert sent[2]["code"] == "FORBIDDEN"
        guest.complaints[:] = [text for text in guest.complaints if "status of 4" not in text]
        for attempt in (
            APPROVE_ONE_S_OWN,
            "UPDATE integrations_integration SET state = 'active' WHERE approval_id = %s",
        ):
            with pytest.raises(psycopg.Error, match=r"approval_second_person|second person"):
                database.execute(attempt, [approval_id])
        state = database.execute(
            "SELECT state FROM integrations_integration WHERE id = %s", [integration_id]
        ).fetchone()
        assert state == ("awaiting_approval",)
    return approval_id


@pytest.mark.req(
    "GEN-10", "FTC-01", "FTC-02", "POT-20", "WIN-01", "OFF-17", "GEN-08", "SRC-07", "CON-05", "EVT-07", "EDG-12", "B-28"
)
def test_a_bet_becomes_a_contribution_the_pot_grows_someone_wins_and_the_report_adds_up(enter, site, partner) -> None:
    admin: Visitor = enter(ADMIN)
    admin.open("/office/integrations/new/fasttrack/rabbitmq/")
    integration_id = submit(admin.page, partner, f"Casino {partner.queue}")
    expect(admin.page.locator("main").get_by_text("Awaiting approval").first).to_be_visible()
    approval_id = refused_by_page_api_and_database(admin, site, integration_id)

    partner.publish(BETS, "early")
    approver: Visitor = enter(APPROVER)
    approver.open("/office/approvals/")
    approver.page.get_by_role("link", name=re.compile(partner.queue)).first.click()
    approver.page.wait_for_url(f"**/{approval_id}/**")
    approver.page.get_by_role("button", name="Approve").click()
    expect(approver.page.get_by_text("Approved").first).to_be_visible()

    admin.open(f"/office/integrations/{integration_id}/")
    used = "SELECT used_count FROM integrations_feedposition WHERE integration_id = %s"
    _until(site, used, [integration_id], lambda count: count == BETS)

    with site.database as database:
        found = database.execute("SELECT id::text FROM jackpots_instance WHERE name = 'Mega Lucky'").fetchone()
        assert found is not None
    watcher: Visitor = enter(ANALYST)
    watcher.open(f"/office/instances/{found[0]}/")
    mega = watcher.page.locator(f'[data-pot="{found[0]}:mega"]').first
    before = mega.get_attribute("data-micros")
    watcher.page.evaluate("window.notReloaded = true")
    expect(watcher.page.locator("[data-live-state]").first).to_contain_text("Live", timeout=PATIENCE_MS)
    partner.publish(BETS, "late")
    expect(mega).not_to_have_attribute("data-micros", before or "", timeout=PATIENCE_MS)
    expect(watcher.page.get_by_text(re.compile("mini", re.IGNORECASE)).first).to_be_visible()
    assert watcher.page.evaluate("window.notReloaded") is True
    _until(site, used, [integration_id], lambda count: count == 2 * BETS)

    with site.database as database:
        wins = database.execute(WINS_OF_THE_FEED).fetchone()
    assert wins is not None
    assert wins[0] >= 1
    watcher.open("/office/winners/")
    expect(watcher.page.get_by_role("table").get_by_text("mini").first).to_be_visible()

    # The demo's replay feed never rests while a worker runs, and a figure is compared with what it was read from.
    with site.without("worker"):
        _reports_agree_with_the_ledger(watcher, site)
    assert "Every invariant holds" in site.manage("check_invariants")
    for guest in (admin, approver, watcher):
        assert guest.complaints == []
        assert {host.split(":")[0] for host in guest.hosts} == {"127.0.0.1"}


def _until(site: Site, query: str, arguments: list[object], is_reached) -> None:
    """Waits for the database to say so; the feed and its worker are other processes."""
    with site.database as database:
        waited = database.execute("SELECT clock_timestamp() + interval '60 seconds'").fetchone()
        assert waited is not None
        while True:
            row = database.execute(query, arguments).fetchone()
            if row is not None and is_reached(row[0]):
                return
            late = database.execute("SELECT clock_timestamp() > %s", [waited[0]]).fetchone()
            assert late == (False,), f"{query} still gives {row}"
            database.execute("SELECT pg_sleep(0.1)")


def _reports_agree_with_the_ledger(guest: Visitor, site: Site) -> None:
    """The dashboard's contributions of all time are the ledger's, and the liability says that it is reconciled."""
    guest.open("/office/liability/?range=all")
    page = guest.page
    expect(page.get_by_text("Reconciled to the ledger").first).to_be_visible()
    expect(page.get_by_text("Differs from the ledger")).to_have_count(0)
    with site.database as database:
        rows = database.execute(OWED).fetchall()
        contributed = database.execute(CONTRIBUTED).fetchone()
    for _currency, micros in rows:
        assert page.locator(f'[title^="{micros} micro-units"]').count() >= 1
    assert contributed is not None
    journal_count, metered_count, journal_micros, metered_micros, ledger_micros = contributed
    assert journal_count == metered_count
    assert journal_micros == metered_micros == ledger_micros
    guest.open("/office/?range=all")
    expect(page.locator("#widget-contributions")).to_contain_text(f"{journal_count:,} contributions")
