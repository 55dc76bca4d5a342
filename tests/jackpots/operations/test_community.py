"""Pots that are shared with the community, through the door that every contribution takes."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from backoffice.core import json
from backoffice.events.models import OutboxEvent
from jackpots.models import Credit, CreditKind, CreditState, Instance, Multiplier, OptIn, TicketRange, Win
from jackpots.operations.contribute import contribute
from jackpots.operations.contributing import journal
from jackpots.operations.retry_credits import retry_credits
from jackpots.operations.set_multipliers import set_multipliers
from jackpots.queries.published_draws import cycle_document
from jackpots.rules.contribution import ContributionResult
from jackpots.rules.terms import StrategyTerms
from tests.cast import EUR, RATES, SYSTEM, Cast, House, probability_pot, quiet_draft, sure_draft, value_pot
from tests.invariants import assert_invariants
from tests.raffles import open_raffle

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[journal.LEAST_OF_A_PART, 1])
def in_parts(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that are accepted in one part, and in several."""
    monkeypatch.setattr(journal, "LEAST_OF_A_PART", request.param)


def strategy(position: int, kind: Any, share: int, count: int, **values: Any) -> StrategyTerms:
    hours = 24 if kind == "active" else None
    return StrategyTerms(position=position, kind=kind, share_ppm=share * 10_000, count=count, hours=hours, **values)


def shared(cast: Cast, *strategies: StrategyTerms, end: int = 12, **values: Any) -> Instance:
    """A jackpot of EUR 1 a contribution, all of it in one pot that starts at 10 and drops at `end` for certain."""
    pots = (
        value_pot(
            "main", start=end - 1, end=end, share_ppm=1_000_000, seed_share_ppm=0, min_reseed_micros=10 * EUR,
            initial_seed_micros=10 * EUR,
        ),
    )  # fmt: skip
    draft = quiet_draft(contribution_micros=EUR, household_ppm=0, pots=pots, strategies=strategies, **values)
    return cast.house.open(draft)


def play(house: House, instance: Instance, *players: str, after: timedelta = timedelta(), **values: Any) -> Win | None:
    """Each contributes once, in this order, in one batch; the win, if there was one."""
    before = set(Win.objects.values_list("pk", flat=True))
    requests = [house.request(instance, player, **values) for player in players]
    answers = contribute(requests, now=house.now + after)
    assert all(isinstance(answer, ContributionResult) for answer in answers), answers
    return Win.objects.exclude(pk__in=before).first()


def owed(win: Win) -> list[tuple[str, int]]:
    rows = Credit.objects.filter(kind=CreditKind.COMMUNITY, pot=win.pot_id, cycle=win.cycle)
    return list(rows.order_by("position").values_list("player_id", "pay_micros"))


@pytest.mark.req("WIN-07", "WIN-08", "WIN-11", "G-10")
@pytest.mark.parametrize("at_once", [True, False])
def test_the_highest_of_the_lifetime_share_the_pot_in_one_batch_or_in_many(cast: Cast, *, at_once: bool) -> None:
    instance = shared(cast, strategy(0, "lifetime", 30, 2), end=20)
    players = ["ann", "ann", "ann", "bob", "bob", "cid", "eve", "eve", "eve", "eve"]
    if at_once:
        win = play(cast.house, instance, *players)
    else:
        found = [play(cast.house, instance, player, after=timedelta(seconds=n)) for n, player in enumerate(players)]
        win = next((one for one in found if one is not None), None)
    assert win is not None
    # Whoever won is left out; of the others the two with the most have 15 % each, by whole cents.
    counts = {"ann": 3, "bob": 2, "cid": 1, "eve": 0}
    ranking = sorted((name for name in counts if name != win.player_id), key=lambda name: -counts[name])
    assert win.value_micros == win.cost_micros + win.residual_micros + win.community_micros
    value = win.value_micros - win.value_micros % 10_000
    assert win.community_micros == sum(pay for _, pay in owed(win))
    assert abs(win.community_micros - value * 3 // 10) < 10_000
    if win.player_id == "eve":
        assert {name for name, _ in owed(win)} == set(ranking[:2])
    assert_invariants()


@pytest.mark.req("WIN-07", "WIN-23")
def test_the_event_names_everybody_who_has_a_part(cast: Cast) -> None:
    instance = shared(cast, strategy(0, "lifetime", 50, 5), end=12)
    win = play(cast.house, instance, "ann", "bob", "cid")
    assert win is not None
    event = json.decode(bytes(OutboxEvent.objects.get(kind="JackpotWinEvent").payload))
    assert [(one["player_id"], one["brand_id"], one["currency"]) for one in event["community_winners"]] == [
        (name, cast.brand1.pk, "EUR") for name, _ in owed(win)
    ]
    # One place of five had a player; what the others would have had went to the reserve.
    assert (win.player_id, owed(win)) == ("bob", [("ann", 1_200_000)])
    assert (win.pay_micros, win.residual_micros) == (6 * EUR, 4_800_000)
    assert_invariants()


@pytest.mark.req("WIN-07", "RAF-06", "B-03")
@pytest.mark.usefixtures("in_parts")
def test_a_shared_pot_is_won_among_the_bets_on_a_raffle(cast: Cast) -> None:
    raffle, instance = open_raffle(cast.house), shared(cast, strategy(0, "lifetime", 50, 5), end=12)
    requests = [
        request
        for player in ("ann", "bob", "cid")
        for request in (
            cast.house.request(raffle, player, base_wager_micros=2 * EUR),
            cast.house.request(instance, player),
        )
    ]
    answers = contribute(requests, now=cast.now)
    assert [answer.tickets_awarded for answer in answers if isinstance(answer, ContributionResult)] == [1, None] * 3
    win = Win.objects.get()
    assert (win.player_id, owed(win)) == ("bob", [("ann", 1_200_000)])
    ranges = TicketRange.objects.order_by("first_number").values_list("first_number", "player_id")
    assert list(ranges) == [(1, "ann"), (2, "bob"), (3, "cid")]
    assert_invariants()


@pytest.mark.req("WIN-12", "WIN-14", "WIN-15", "WIN-16", "WIN-17")
@pytest.mark.usefixtures("in_parts")
def test_counters_of_a_pot_are_those_since_it_was_won(cast: Cast) -> None:
    instance = shared(cast, strategy(0, "per_win", 20, 1), strategy(1, "lifetime", 20, 1), end=30)
    first = play(cast.house, instance, *["ann"] * 12, *["bob"] * 12)
    assert first is not None
    since = play(cast.house, instance, *["cid"] * 6, *["dan"] * 24, after=timedelta(minutes=1))
    assert since is not None
    for won in (first, since):
        rows = Credit.objects.filter(pot=won.pot_id, cycle=won.cycle)
        by_strategy = {part["position"]: row.player_id for row in rows for part in row.detail["strategies"]}
        counts = dict.fromkeys(by_strategy.values(), 0)
        assert won.player_id not in counts
    # Since the first win only cid and dan had contributed to this cycle before it was won, or who is left of them.
    rows = Credit.objects.filter(pot=since.pot_id, cycle=since.cycle)
    per_win = next(row for row in rows if any(part["position"] == 0 for part in row.detail["strategies"]))
    assert per_win.player_id in {"bob", "cid", "dan"} - {since.player_id}
    lifetime = OptIn.objects.filter(instance=instance).order_by("player_id")
    assert sum(row.contribution_micros for row in lifetime) == 54 * EUR
    assert_invariants()


@pytest.mark.req("WIN-12", "B-08")
def test_an_attempt_without_value_counts_as_one_in_the_batch_that_wins(cast: Cast) -> None:
    pot = probability_pot("main", one_in=1, position=0, share_ppm=1_000_000, cost_per_attempt_micros=None)
    draft = quiet_draft(
        contribution_micros=0, household_ppm=0, pots=(pot,), strategies=(strategy(0, "per_win", 20, 1),),
        community_includes_winner=True,
    )  # fmt: skip
    win = play(cast.house, cast.house.open(draft), "ann")
    assert win is not None
    assert [player for player, _ in owed(win)] == ["ann"]
    assert_invariants()


@pytest.mark.req("WIN-10", "B-10")
def test_active_players_are_drawn_from_the_secret_and_published_without_a_name(cast: Cast) -> None:
    instance = shared(cast, strategy(4, "active", 40, 2), end=14)
    assert play(cast.house, instance, "old", after=-timedelta(days=2)) is None
    win = play(cast.house, instance, "ann", "bob", "cid", "dan", "eve")
    assert win is not None
    assert len(owed(win)) == 2
    assert "old" not in dict(owed(win))
    document, _ = cycle_document(win.pot.cycles.get(cycle=win.cycle), after=None, size=100)
    (chosen,) = document["community"]
    assert (chosen["position"], chosen["kind"], len(chosen["chosen"])) == (4, "active", 2)
    assert max(chosen["chosen"]) < chosen["eligible"] <= 4
    assert_invariants()


@pytest.mark.req("G-10")
def test_one_who_is_chosen_twice_has_one_credit_and_the_winner_only_where_the_template_says_so(cast: Cast) -> None:
    both = (strategy(0, "lifetime", 10, 1), strategy(1, "per_win", 10, 1))
    instance = shared(cast, *both, community_includes_winner=True, community_unspent_to="winner")
    win = play(cast.house, instance, "ann", "ann", "ann")
    assert win is not None
    credit = Credit.objects.get()
    assert (credit.player_id, len(credit.detail["strategies"])) == ("ann", 2)
    assert credit.value_micros == win.community_micros
    assert_invariants()


@pytest.mark.req("WIN-22", "WIN-23")
def test_who_cannot_be_paid_is_told_of_and_paid_once_there_is_a_rate(cast: Cast) -> None:
    instance = shared(cast, strategy(0, "lifetime", 50, 1))
    play(cast.house, instance, "sven", currency="SEK")
    Multiplier.objects.filter(currency="SEK").delete()
    win = play(cast.house, instance, "ann", "ann")
    assert win is not None
    if win.player_id == "sven":
        pytest.fail("the pot dropped too early")
    credit = Credit.objects.get()
    assert (credit.state, credit.pay_micros, credit.player_currency) == (CreditState.FAILED, 0, "SEK")
    assert_invariants()
    event = json.decode(bytes(OutboxEvent.objects.get(kind="CommunityPayoutErrorEvent").payload))
    assert event["tx_credit_id"] == str(win.pk)
    assert event["gameround_id"] == win.contribution.gameround_id
    (failed,) = event["failed_payouts"]
    assert (failed["player_id"], failed["currency"]) == ("sven", "EUR")
    assert retry_credits(now=cast.now) == 0
    set_multipliers(
        RATES, operator_id=cast.operator.pk, brand_id=None, scope=cast.house.scope, actor=SYSTEM, now=cast.now
    )
    assert retry_credits(now=cast.now + timedelta(minutes=5)) == 1
    credit.refresh_from_db()
    assert credit.state == CreditState.OWED
    assert credit.rate == Decimal("11.6761")
    assert credit.pay_micros % 10_000 == 0
    assert retry_credits(now=cast.now) == 0
    assert_invariants()


@pytest.mark.req("WIN-07", "WIN-23", "WIN-18", "WIN-19")
def test_the_lists_of_winners_say_what_the_event_said(cast: Cast) -> None:
    instance = shared(cast, strategy(0, "lifetime", 50, 5), end=12)
    win = play(cast.house, instance, "ann", "bob", "cid")
    assert win is not None
    event = json.decode(bytes(OutboxEvent.objects.get(kind="JackpotWinEvent").payload))
    for path in ("latest_winners", "pot_winners"):
        answer = Client().get(
            f"/jackpots/instances/jackpot/{instance.pk}/{path}", headers={"authorization": f"Bearer {cast.token}"}
        )
        found = answer.json()
        (told,) = found if path == "latest_winners" else found["main"]
        assert told["community_winners"] == [{**one, "win_amount": 1.2} for one in event["community_winners"]]
    other = play(cast.house, cast.house.open(sure_draft()), "ann")
    assert other is not None
    answer = Client().get(
        f"/jackpots/instances/jackpot/{other.instance_id}/latest_winners",
        headers={"authorization": f"Bearer {cast.token}"},
    )
    assert answer.json()[0]["community_winners"] is None
