"""The web door's own duty: not to hold what the combiner needs."""

from concurrent.futures import Future
from typing import Any

import pytest
from django.db import connection

from backoffice.core.errors import Refusal
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
