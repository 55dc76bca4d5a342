"""kill -9 of the edge under load: what was acknowledged is there, and what was not can be sent again."""

import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import httpx2
import pytest

from backoffice.demo.definitions import OPERATORS
from deploy.local.servers import PostgreSQL
from tests.services import fill
from tests.site import Site, site_of

LONG = os.environ.get("POTLUCK_LONG") == "1"
KILLS = 10 if LONG else 2
ACKNOWLEDGED_BEFORE_A_KILL = 1_000 if LONG else 200
SENDERS = 8


@dataclass
class Partner:
    """Sends until the edge is gone; remembers what was answered, and what it does not know the fate of."""

    url: str
    token: str
    enough: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    acknowledged: dict[str, object] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)

    def send(self, client: httpx2.Client, gameround: str) -> httpx2.Response:
        body = {
            "token": "t", "brand_id": "thrilltech:brand1", "player_id": f"player_{len(gameround)}",
            "player_country": "MT", "source_id": "sitewide-casino", "gameround_id": gameround, "currency": "EUR",
            "base_wager": 1,
        }  # fmt: skip
        headers = {"Authorization": f"Bearer {self.token}"}
        return client.post(f"{self.url}/jackpots/contribute/source", json=body, headers=headers)

    def send_until_gone(self, prefix: str) -> None:
        with httpx2.Client(timeout=10) as client:
            for number in range(1_000_000):
                gameround = f"{prefix}-{number}"
                try:
                    answer = self.send(client, gameround)
                except httpx2.HTTPError:
                    self.unknown.append(gameround)
                    return
                assert answer.status_code == 200, answer.text
                self.acknowledged[gameround] = answer.json()
                self.enough.release()


@pytest.fixture
def site(durable_postgresql: PostgreSQL) -> Iterator[Site]:
    fill(durable_postgresql.url)
    with site_of(durable_postgresql.url) as made:
        made.start("web")
        made.start("edge")
        yield made


def stored_in(site: Site) -> set[str]:
    """The gamerounds in the journal."""
    with site.database as database:
        return {str(row[0]) for row in database.execute("SELECT gameround_id FROM jackpots_contribution").fetchall()}


@pytest.mark.req("R-21", "B-01", "B-31")
def test_nothing_acknowledged_is_lost_when_the_edge_is_killed(site: Site) -> None:
    username, password = OPERATORS[0].service_account
    login = httpx2.post(
        f"{site.web_url}/authenticate/service", json={"username": username, "password": password}, timeout=10
    )
    partner = Partner(site.demo.edge_url, login.json()["token"])
    before = stored_in(site)
    for kill in range(KILLS):
        with ThreadPoolExecutor(SENDERS) as pool:
            senders = [pool.submit(partner.send_until_gone, f"{kill}-{sender}") for sender in range(SENDERS)]
            for _ in range(ACKNOWLEDGED_BEFORE_A_KILL):
                assert partner.enough.acquire(timeout=30)
            edge = site.running["edge"]
            edge.send_signal(signal.SIGKILL)
            edge.wait(timeout=10)
            for sender in senders:
                sender.result(timeout=30)
        site.start("edge")
    assert len(partner.acknowledged) >= KILLS * ACKNOWLEDGED_BEFORE_A_KILL
    assert len(partner.unknown) == KILLS * SENDERS

    stored = stored_in(site) - before
    assert not partner.acknowledged.keys() - stored
    assert stored <= partner.acknowledged.keys() | set(partner.unknown)

    with httpx2.Client(timeout=10) as client:
        for gameround, answer in list(partner.acknowledged.items())[:50]:
            again = partner.send(client, gameround)
            assert (again.headers["Idempotent-Replay"], again.json()) == ("true", answer)
        for gameround in partner.unknown:
            again = partner.send(client, gameround)
            assert again.status_code == 200
            assert ("Idempotent-Replay" in again.headers) == (gameround in stored)
    assert "Every invariant holds" in site.manage("check_invariants")
    assert "as recorded" in site.manage("verify_draws")
