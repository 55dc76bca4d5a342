"""Replaying what could not be used: the same bytes, the same path, the same identity."""

from uuid import UUID

import pytest

from backoffice.audit.models import AuditEntry
from backoffice.core.errors import Refusal
from integrations.models import DeadLetter
from integrations.operations.disconnect_integration import disconnect_integration
from integrations.operations.replay_dead_letter import replay_dead_letter
from integrations.operations.set_aside_dead_letter import set_aside_dead_letter
from integrations.wire.outcomes import Outcome
from tests.cast import SYSTEM, Cast
from tests.integrations.support import Feeds, Ledger, bet, counts_of, position_of, raw
from tests.invariants import assert_invariants

pytestmark = pytest.mark.django_db


def replay(cast: Cast, letter: DeadLetter, through: UUID | None = None) -> Outcome:
    _, outcome = replay_dead_letter(letter.pk, scope=cast.house.scope, actor=SYSTEM, now=cast.now, through=through)
    letter.refresh_from_db()
    return outcome


@pytest.mark.req("G-25", "B-19")
def test_an_unsupported_message_can_be_replayed_and_waits_on(feeds: Feeds, ledger: Ledger, cast: Cast) -> None:
    integration = feeds.connected()
    feeds.take(feeds.owned(integration), raw(bet("a1"), "LOTTERY_V2"))
    letter = DeadLetter.objects.get()
    assert replay(cast, letter).code == "UNSUPPORTED_TYPE"
    assert (letter.state, letter.attempts, letter.is_unsupported) == ("waiting", 2, True)
    assert counts_of(integration) == {"UNSUPPORTED_TYPE": 1}
    assert AuditEntry.objects.filter(action="dead_letter.replayed").count() == 1
    assert ledger.bets == []
    assert_invariants()


@pytest.mark.req("B-18", "B-19", "FTC-05")
def test_what_failed_once_contributes_once_when_it_is_replayed(feeds: Feeds, ledger: Ledger, cast: Cast) -> None:
    integration = feeds.connected()
    owned = feeds.owned(integration)
    ledger.poisoned_players.add("52530")
    sent = raw(bet("a1"))
    feeds.take(owned, sent, one_by_one=True)
    letter = DeadLetter.objects.get()
    assert letter.reason == "PROCESSING_FAILED"
    ledger.poisoned_players.clear()
    assert replay(cast, letter).code == "ACCEPTED"
    assert (letter.state, letter.replay_code, bytes(letter.raw)) == ("replayed", "ACCEPTED", sent.body)
    assert ledger.contributed == ["a1"]
    with pytest.raises(Refusal):
        replay(cast, letter)
    feeds.take(owned, sent)
    assert ledger.contributed == ["a1"]
    assert counts_of(integration) == {"ACCEPTED": 1, "DUPLICATE": 1}
    assert (position_of(integration).dead_count, position_of(integration).used_count) == (0, 1)
    assert_invariants()


@pytest.mark.req("FTC-05")
def test_a_conflict_stays_one_however_often_it_is_replayed(feeds: Feeds, ledger: Ledger, cast: Cast) -> None:
    integration = feeds.connected()
    feeds.take(feeds.owned(integration), raw(bet("a1", amount=1)), raw(bet("a1", amount=2)))
    letter = DeadLetter.objects.get()
    assert replay(cast, letter).code == "CONFLICT"
    assert ledger.contributed == ["a1"]
    assert_invariants()


def test_a_replay_needs_a_connected_integration_in_scope(feeds: Feeds, ledger: Ledger, cast: Cast) -> None:
    integration = feeds.connected()
    feeds.take(feeds.owned(integration), raw(bet("a1", origin="nowhere")))
    letter = DeadLetter.objects.get()
    with pytest.raises(Refusal) as refused:
        replay_dead_letter(letter.pk, scope=cast.rival_house.scope, actor=SYSTEM, now=cast.now)
    assert refused.value.code == "NOT_FOUND"
    disconnect_integration(integration.pk, reason="Over.", scope=cast.house.scope, actor=SYSTEM, now=cast.now)
    with pytest.raises(Refusal) as refused:
        replay(cast, letter)
    assert refused.value.field == "through"
    assert ledger.bets == []


def test_what_is_set_aside_can_still_be_replayed(feeds: Feeds, ledger: Ledger, cast: Cast) -> None:
    integration = feeds.connected()
    feeds.take(feeds.owned(integration), raw(bet("a1", origin="new.example.com")))
    letter = DeadLetter.objects.get()
    set_aside_dead_letter(letter.pk, reason="Later.", scope=cast.house.scope, actor=SYSTEM, now=cast.now)
    brands = [{"origin": "new.example.com", "brand_id": "thrilltech:brand1"}]
    copy = feeds.connected(settings=feeds.mapping(brands=brands), copied_from=integration.pk)
    assert replay(cast, letter, through=copy.pk).code == "ACCEPTED"
    assert letter.integration_id == integration.pk
    assert ledger.contributed == ["a1"]
    assert position_of(integration).dead_count == 0
