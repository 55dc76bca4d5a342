"""The web door's own duty: not to hold what the combiner needs."""

import logging
from concurrent.futures import Future
from typing import Any

import pytest
import structlog
from django.db import connection
from structlog.testing import capture_logs

from backoffice.core.errors import Refusal
from backoffice.core.request_log import LIBRARY
from jackpots.api import contribute as door
from tests.cast import Cast
from tests.contracts.doors import Partner, WebDoor, payload


class Watching:
    """Notes whether the thread that hands a request over still has a connection."""

    def __init__(self) -> None:
        self.held: list[bool] = []

    def submit(self, _request: Any) -> "Future[Any]":
        self.held.append(connection.connection is not None)
        answered: Future[Any] = Future()
        answered.set_result(Refusal("SYSTEM_ERROR", "Nothing was contributed."))
        return answered


@pytest.mark.django_db(transaction=True)
@pytest.mark.req("B-30", "CON-01")
def test_a_thread_that_waits_for_the_combiner_holds_no_connection(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    watching = Watching()
    monkeypatch.setattr(door, "combiner", watching)
    answer = Partner(WebDoor(), cast).contribute(payload("casino-sitewide"))
    assert (answer.status, watching.held) == (500, [False])


@pytest.mark.django_db(transaction=True)
@pytest.mark.req("CON-01", "GEN-05")
def test_the_log_names_who_contributed(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    partner = Partner(WebDoor(), cast)
    cast.house.source_for(cast.instance, source_id="casino-sitewide")
    merged = [structlog.contextvars.merge_contextvars]
    with caplog.at_level(logging.INFO, LIBRARY), capture_logs(processors=merged) as logs:
        answer = partner.contribute(payload("casino-sitewide"), **{"X-Request-ID": "req-1"})
    finished = logs[-1]
    assert (answer.status, answer.headers["x-request-id"]) == (200, "req-1") == (200, finished["request_id"])
    assert (finished["event"], finished["code"]) == ("request_finished", 200)
    assert finished["user_id"] == cast.service.pk


@pytest.mark.django_db(transaction=True)
@pytest.mark.req("CON-01", "ERR-01")
def test_what_goes_the_common_way_is_told_the_same(cast: Cast) -> None:
    door, token = WebDoor(), {"Authorization": f"Bearer {cast.token}"}
    nul = door.send("POST", "/jackpots/contribute/source?any=%00", b"{}", token)
    assert (nul.status, nul.code, nul.body["field"]) == (400, "INVALID_REQUEST", "any")
    assert door.send("OPTIONS", "/jackpots/contribute/source", b"", token).status == 403
    wrong = door.send("GET", "/jackpots/contribute/source", b"", token)
    assert (wrong.status, wrong.headers["allow"]) == (405, "POST, OPTIONS")
    stranger = door.send("POST", "/jackpots/contribute/source", b"{}", {"Authorization": "Basic eDp5"})
    assert (stranger.status, stranger.code) == (401, "UNAUTHORIZED")
    assert stranger.headers["www-authenticate"] == 'Bearer realm="potluck"'
