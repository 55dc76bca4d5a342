"""`manage.py generate_traffic`: a partner from outside, who logs in and contributes over HTTP until it is stopped."""

import signal
import threading
import time
from typing import Any
from uuid import uuid4

import httpx2
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from backoffice.core import clock, json
from backoffice.demo.bets import bet
from backoffice.demo.definitions import OPERATORS
from backoffice.demo.dice import Dice
from backoffice.demo.operations.count_traffic import Seen, count_traffic
from jackpots.rules.contribution import ContributionRequest

SECONDS_BETWEEN_COUNTS = 1.0
SECONDS_BEFORE_ANOTHER_TRY = 2.0
LATE_SECONDS = 2.0


class Command(BaseCommand):
    """Runs until SIGTERM; the switch on the demo's page, or `manage.py traffic`, rests and wakes it."""

    help = "Play the partner: about 20 contributions a second over HTTP, with a service account's token."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Contribute, and count what came back."""
        if settings.ENVIRONMENT == "production":
            raise CommandError("The demo does not run with production settings.")
        self.stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stopping.set())
        with httpx2.Client(timeout=10.0) as client:
            while not self.stopping.is_set():
                try:
                    self._play(client, _token(client))
                except httpx2.HTTPError as error:
                    self.stderr.write(f"No answer: {error!r}; trying again.")
                    count_traffic(Seen(sent=1, failed=1, last_answer=repr(error)), now=clock.now())
                    self.stopping.wait(SECONDS_BEFORE_ANOTHER_TRY)

    def _play(self, client: httpx2.Client, token: str) -> None:
        run, number = uuid4().hex[:10], 0
        due = time.monotonic()
        while not self.stopping.is_set():
            seen = Seen()
            traffic = count_traffic(seen, now=clock.now())
            until = time.monotonic() + SECONDS_BETWEEN_COUNTS
            if not traffic.is_running:
                self.stopping.wait(SECONDS_BETWEEN_COUNTS)
                due = time.monotonic()
                continue
            while time.monotonic() < until and not self.stopping.is_set():
                number += 1
                request = bet(OPERATORS[0].id, Dice(f"{run} {number}"), f"live-{run}-{number}")
                _contribute(client, token, request, seen)
                due = max(due + 1 / traffic.rate_a_second, time.monotonic() - LATE_SECONDS)
                self.stopping.wait(max(0.0, due - time.monotonic()))
            count_traffic(seen, now=clock.now())


def _token(client: httpx2.Client) -> str:
    username, password = OPERATORS[0].service_account
    answer = client.post(
        f"{settings.WEB_URL}/authenticate/service", json={"username": username, "password": password}
    ).raise_for_status()
    return str(answer.json()["token"])


def _contribute(client: httpx2.Client, token: str, request: ContributionRequest, seen: Seen) -> None:
    body = json.encode(
        {
            "token": f"session-{request.player_id}",
            "brand_id": request.brand_id,
            "player_id": request.player_id,
            "player_country": request.player_country,
            "source_id": request.target_id,
            "gameround_id": request.gameround_id,
            "currency": request.currency,
            "base_wager": json.json_number(request.base_wager_micros),
        }
    )
    started = time.monotonic()
    answer = client.post(
        f"{settings.EDGE_URL}/jackpots/contribute/source",
        content=body,
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    seen.sent += 1
    seen.latency_ms = max(seen.latency_ms, round((time.monotonic() - started) * 1000))
    if answer.status_code == httpx2.codes.OK:
        seen.accepted += 1
        result = json.decode(answer.content)
        if result["win_pot_id"]:
            seen.wins += 1
            seen.last_answer = (
                f"{request.player_id} won {result['win_pot_id']}: {result['win_amount']} {request.currency}"
            )
    elif answer.status_code < httpx2.codes.INTERNAL_SERVER_ERROR:
        seen.refused += 1
        seen.last_answer = answer.text
    else:
        seen.failed += 1
        seen.last_answer = answer.text
