"""What is left of an erased player, and that nothing of before brings the player back."""

from datetime import timedelta

import pytest

from backoffice.audit.record import Actor
from campaigns.models import Profile
from campaigns.operations.request_erasure import request_erasure
from campaigns.queries.profiles import attributes_of
from integrations.models import DeadLetter, GameSession, Payment, PlayerBonus, PlayerFigures
from integrations.operations.replay_dead_letter import replay_dead_letter
from tests.integrations.profiles import bonus, payment, user
from tests.integrations.support import Feeds, Ledger, bet, raw
from tests.integrations.test_sessions import DAY, LONG_AFTER, STORY, at, refresh, take
from tests.invariants import assert_invariants

pytestmark = pytest.mark.django_db
ERASED_AT = LONG_AFTER + DAY


def erase(feeds: Feeds, player_id: str = "52530") -> None:
    house, person = feeds.cast.house, feeds.cast.manager
    known = Profile.objects.get(player_id=player_id)
    asked = request_erasure(
        known.pk, reason="Asked for it.", requested_by=person, scope=house.scope, actor=Actor.staff(person),
        now=feeds.cast.now,
    )  # fmt: skip
    house.approve(asked, at=ERASED_AT)


@pytest.mark.req("R-40", "FTC-13")
def test_figures_of_before_stay_away_after_an_erasure(feeds: Feeds, ledger: Ledger) -> None:
    owned = feeds.owned(feeds.connected())
    told = [*STORY, ("PAYMENT", payment("d1", type="Credit", timestamp=at(1))), ("BONUS", bonus(timestamp=at(2)))]
    take(feeds, owned, told, 50)
    assert Profile.objects.get(player_id="52530").attributes["ft_bet_count"] == 3
    erase(feeds)
    assert not PlayerFigures.objects.exists()
    assert not GameSession.objects.exists()
    nobody = Profile.objects.get().player_id
    assert Payment.objects.get().player_id == PlayerBonus.objects.get().player_id == nobody
    # Late, of before: counted with the integration and told to nobody.
    take(feeds, owned, [("BONUS", bonus("late", timestamp=at(3))), ("LOGIN_V2", user(timestamp=at(4)))])
    assert refresh(ERASED_AT + 2 * DAY) == 0
    assert Profile.objects.count() == 1
    feeds.cast.now = ERASED_AT + 2 * DAY
    late = (ERASED_AT + DAY).isoformat().replace("+00:00", "Z")
    take(feeds, owned, [("CASINO", bet("anew", timestamp=late, amount=1))])
    refresh(ERASED_AT + 3 * DAY)
    known = {one.name: one.value for one in attributes_of(Profile.objects.get(player_id="52530"))}
    assert (known["ft_bet_count"], known["ft_bet_amount"], known["ft_deposit_count"]) == (1, 1, 0)
    assert str(known["ft_first_activity_at"]) > "2026-03-25"
    assert_invariants()


@pytest.mark.req("R-40")
def test_a_dead_letter_of_before_brings_nobody_back(feeds: Feeds, ledger: Ledger) -> None:
    owned = feeds.owned(feeds.connected())
    unmapped = user(timestamp=at(1), origin="elsewhere", email="ann@example.com")
    feeds.take(owned, raw(user(timestamp=at(0)), "USER_CREATE_V2"), raw(unmapped, "USER_UPDATE_V2"))
    erase(feeds)
    letter = DeadLetter.objects.get()
    mapping = feeds.mapping(brands=[{"origin": "elsewhere", "brand_id": "thrilltech:brand1"}])
    other = feeds.connected(settings=mapping)
    _, outcome = replay_dead_letter(
        letter.pk, scope=feeds.cast.house.scope, actor=Actor.system("test"), now=ERASED_AT + timedelta(hours=1),
        through=other.pk,
    )  # fmt: skip
    assert (outcome.bucket, outcome.code) == ("refused", "PLAYER_ERASED")
    assert not Profile.objects.filter(erased_at=None).exists()
