"""The lane by itself: what it costs, what it says of its health, what becomes of who waits when it ends."""

import asyncio
import time
from collections.abc import MutableMapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from backoffice.accounts.models import ServiceAccount
from backoffice.api.token_cache import TokenCache
from backoffice.core import json
from backoffice.core.errors import Refusal
from backoffice.health.checks import Check, Readiness, Status
from jackpots.combiner import combiner
from jackpots.edge import lane as process
from jackpots.edge.app import Lane
from jackpots.rules.contribution import ContributionRequest, ContributionResult

ACCOUNT = ServiceAccount(operator_id="thrilltech", username="one", is_active=True, brand_ids=[])
RESULT = ContributionResult(
    contribution_id=UUID(int=1),
    contribution_micros=100_000,
    contribution_currency="EUR",
    gameround_id="1",
    instance_id=UUID(int=2),
    metadata=None,
    accepted_at=datetime(2026, 3, 14, tzinfo=UTC),
    win_micros=0,
    win_pot_id=None,
    rate=Decimal(1),
)
BODY = json.encode(
    {
        "token": "token_00001", "brand_id": "thrilltech:brand1", "player_id": "player_00001", "player_country": "UK",
        "source_id": "casino-sitewide", "gameround_id": "1", "currency": "EUR", "base_wager": Decimal("1.5"),
    }
)  # fmt: skip
MICROSECONDS_ALLOWED = 40


class Quiet(TokenCache):
    """Listens to nobody."""

    def _listen(self) -> None:
        return


async def submit(_request: ContributionRequest) -> ContributionResult | Refusal:
    return RESULT


async def submit_all(requests: Sequence[ContributionRequest]) -> list[ContributionResult | Refusal]:
    return [RESULT for _ in requests]


def lane(redis: Status = "ok") -> Lane:
    tokens = Quiet(lambda token: ACCOUNT if token == "good" else None)
    assert tokens.account("good")
    return Lane(submit, submit_all, tokens, lambda: Readiness({"database": Check("ok"), "redis": Check(redis)}))


def scope(path: str, method: str = "POST", token: str = "good") -> dict[str, Any]:
    headers = [
        (b"host", b"127.0.0.1:8001"), (b"user-agent", b"load"), (b"accept", b"*/*"),
        (b"content-type", b"application/json"), (b"content-length", b"%d" % len(BODY)),
        (b"authorization", f"Bearer {token}".encode()),
    ]  # fmt: skip
    return {"type": "http", "method": method, "path": path, "headers": headers}


class Call:
    """One exchange; `parts` are what the client sends."""

    def __init__(self, *parts: MutableMapping[str, Any]) -> None:
        self.parts = list(parts) or [{"type": "http.request", "body": BODY, "more_body": False}]
        self.sent: list[MutableMapping[str, Any]] = []

    async def receive(self) -> MutableMapping[str, Any]:
        return self.parts.pop(0)

    async def send(self, message: MutableMapping[str, Any]) -> None:
        self.sent.append(message)

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def body(self) -> Any:
        return json.decode(self.sent[1]["body"])


def run(app: Lane, where: dict[str, Any], *parts: MutableMapping[str, Any]) -> Call:
    call = Call(*parts)
    asyncio.run(app(where, call.receive, call.send))
    return call


@pytest.mark.req("CON-01")
def test_a_request_costs_little_beside_the_engine() -> None:
    app = lane()
    where = scope("/jackpots/contribute/source")
    count = 3_000

    async def many() -> float:
        started = time.process_time()
        for _ in range(count):
            call = Call()
            await app(where, call.receive, call.send)
        return (time.process_time() - started) / count * 1e6

    best = min(asyncio.run(many()) for _ in range(3))
    assert best < MICROSECONDS_ALLOWED, f"{best:.1f} µs"


def test_health_and_readiness() -> None:
    assert run(lane(), scope("/healthz", "GET")).body == {"status": "ok"}
    ready = run(lane(), scope("/readyz", "GET"))
    assert (ready.status, ready.body["status"]) == (200, "ok")
    degraded = run(lane(redis="degraded"), scope("/readyz", "GET"))
    assert (degraded.status, degraded.body["status"]) == (200, "degraded")
    failing = run(lane(redis="failing"), scope("/readyz", "GET"))
    assert (failing.status, failing.body["checks"]["redis"]["status"]) == (503, "failing")
    assert run(lane(), scope("/healthz")).status == 405


@pytest.mark.django_db(transaction=True)
def test_this_process_is_ready() -> None:
    call = Call()
    asyncio.run(process.lane(scope("/readyz", "GET"), call.receive, call.send))
    assert (call.status, call.body["checks"]["database"]["status"]) == (200, "ok")


def test_a_body_in_pieces_is_put_together() -> None:
    pieces = [
        {"type": "http.request", "body": BODY[:10], "more_body": True},
        {"type": "http.request", "body": BODY[10:], "more_body": False},
    ]
    assert run(lane(), scope("/jackpots/contribute/source"), *pieces).status == 200


def test_a_body_that_grows_past_the_cap_is_cut_off() -> None:
    piece = {"type": "http.request", "body": b"x" * 40_000, "more_body": True}
    call = run(lane(), scope("/jackpots/contribute/source"), dict(piece), dict(piece), dict(piece))
    assert call.status == 413
    assert len(call.parts) == 1, "the third piece was not read"


def test_who_goes_away_is_not_answered() -> None:
    piece = {"type": "http.request", "body": BODY[:10], "more_body": True}
    assert run(lane(), scope("/jackpots/contribute/source"), piece, {"type": "http.disconnect"}).sent == []


@pytest.mark.req("GEN-04")
def test_the_scheme_is_bearer_in_any_case() -> None:
    where = scope("/jackpots/contribute/source")
    where["headers"][-1] = (b"authorization", b"bearer good")
    assert run(lane(), where).status == 200


def test_at_the_end_whoever_waits_is_answered_first(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(combiner, "stop", lambda: told.append("stopped"))
    messages = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]

    async def receive() -> MutableMapping[str, Any]:
        return messages.pop(0)

    async def send(message: MutableMapping[str, Any]) -> None:
        told.append(message["type"])

    asyncio.run(process.lifespan({"type": "lifespan"}, receive, send))
    assert told == ["lifespan.startup.complete", "stopped", "lifespan.shutdown.complete"]
