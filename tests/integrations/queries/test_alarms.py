"""What of the integrations needs somebody to look at it."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection

from backoffice.tenancy.scope import Scope
from integrations.models import DeadLetter, FeedPosition, Integration
from integrations.queries.alarms import FeedAlarms, feed_alarms
from tests.cast import Cast


@pytest.fixture
def connect(cast: Cast, now: datetime) -> Callable[[str], Integration]:
    """Makes an active integration; the way there is another test's."""

    def make(name: str) -> Integration:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            made = Integration.objects.create(
                operator=cast.operator, kind="fasttrack", name=name, transport="replay", state="active",
                submitted_by=cast.manager, submitted_at=now, changed_at=now,
            )  # fmt: skip
            cursor.execute("SET LOCAL session_replication_role = origin")
        return made

    return make


def test_a_feed_that_stands_still_and_letters_that_wait(
    cast: Cast, now: datetime, connect: Callable[[str], Integration]
) -> None:
    assert feed_alarms(cast.house.scope) == FeedAlarms(0, 0, 0)
    runs, connected = connect("runs"), connect("stands")
    FeedPosition.objects.create(operator=cast.operator, integration=runs, topic="bets", status="running", moved_at=now)
    FeedPosition.objects.create(
        operator=cast.operator, integration=connected, topic="bets", status="tripped", moved_at=now
    )
    for offset, state in (("1", "waiting"), ("2", "set_aside")):
        DeadLetter.objects.create(
            operator=cast.operator, integration=runs, topic="bets", offset=offset, raw=b"{}", digest=b"0" * 32,
            reason="malformed", state=state, received_at=now, changed_at=now,
        )  # fmt: skip
    assert feed_alarms(cast.house.scope) == FeedAlarms(1, 1, 0)
    assert feed_alarms(Scope("rival")) == FeedAlarms(0, 0, 0)
    assert feed_alarms(Scope(None)) == FeedAlarms(1, 1, 0)
