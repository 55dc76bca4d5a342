"""The main job at the level of the engine: bets contribute, a pot grows and drops, the win is paid, it adds up."""

import json
from datetime import timedelta

import pytest

from backoffice.core.json import decode
from backoffice.events.models import OutboxEvent
from integrations.wire.bets import Bet
from jackpots.handlers import contribute_bets
from jackpots.models import Contribution, Meter, Win
from jackpots.operations.contribute import contribute
from jackpots.operations.opt_in import OptInRequest, opt_in
from jackpots.operations.request_settlement import request_settlement
from jackpots.queries.draws import cycle_of, revealed_secret
from jackpots.queries.ledger import LIABILITY_KINDS, month_sums, totals_by_kind
from jackpots.queries.pots import pot_values
from jackpots.queries.verification import verify_draws
from jackpots.queries.wins import latest_wins, pot_wins
from jackpots.randomness import commit
from tests.cast import EUR, SYSTEM, Cast, probability_pot, quiet_draft, value_pot
from tests.invariants import assert_invariants
from tests.jackpots.operations.answers import code_of


@pytest.mark.req("CON-23", "B-12", "B-13", "POT-10", "WIN-18", "WIN-19", "B-15")
def test_from_a_bet_to_a_win_that_is_paid(cast: Cast) -> None:
    pots = (
        value_pot("mini", start=3, end=5, share_ppm=500_000, min_reseed_micros=EUR, initial_seed_micros=EUR),
        probability_pot("mega", share_ppm=200_000),
    )
    instance = cast.house.open(quiet_draft(opt_in_required=True, pots=pots), games=("starburst",))
    source = cast.house.source_for(instance, source_id="egyptian-games")
    bets = [
        Bet(
            operator_id="thrilltech", brand_id=cast.house.brands[number % 2].pk, source_id="egyptian-games",
            player_id=f"player_{number % 5}", player_country="MT", gameround_id=f"activity-{number}", currency="EUR",
            base_wager_micros=2 * EUR, metadata={},
        )
        for number in range(60)
    ]  # fmt: skip

    # Nobody has opted in yet: the bets are refused, and nothing of them is kept.
    assert {result.code for result in contribute_bets(bets, cast.now)} == {"CONTRIBUTION_REJECTED"}
    for number in range(10):
        joining = OptInRequest(
            operator_id="thrilltech", instance_id=instance.pk, brand_id=cast.house.brands[number % 2].pk,
            player_id=f"player_{number % 5}", player_country="MT", opt_in=True,
        )  # fmt: skip
        opt_in(joining, now=cast.now)

    # The same bets now contribute, and the pot is seen to grow until it drops.
    seen = []
    for minute in range(6):
        results = contribute_bets(bets[minute * 10 : minute * 10 + 10], cast.now + timedelta(minutes=minute))
        assert {result.code for result in results} == {"ACCEPTED"}
        seen.append(pot_values([instance.pk])[instance.pk][0].value_micros)
    assert seen[0] < seen[1]
    assert Contribution.objects.filter(instance=instance).count() == 60

    # By hand, from the same source, until somebody has won.
    for number in range(200):
        if Win.objects.filter(instance=instance).exists():
            break
        contribute([cast.house.request(source, f"player_{number % 5}")], now=cast.now + timedelta(minutes=7))
    win = Win.objects.filter(instance=instance).order_by("won_at", "cycle")[0]
    assert win.pot.code == "mini"
    assert 3 * EUR < win.value_micros <= 5 * EUR

    # It was told, it is listed, its secret is out, and the draw can be recomputed.
    event = decode(bytes(OutboxEvent.objects.get(kind="JackpotWinEvent", object_id=str(win.pk)).payload))
    assert (event["win_pot_id"], event["player_id"], event["games_in_jackpot"]) == (
        "mini",
        win.player_id,
        ["starburst"],
    )
    assert event["win_amount"] * EUR == win.value_micros
    assert win in latest_wins(instance, limit=100)
    assert [list(pot_wins(instance)), pot_wins(instance)["mega"]] == [["mini", "mega"], []]
    ended = cycle_of(cast.house.scope, win.pot_id, win.cycle)
    assert commit(revealed_secret(ended) or b"") == bytes(ended.commitment).hex()
    assert verify_draws(cast.house.scope).mismatches == []

    # A second person settles it, and what is owed falls by exactly what it cost.
    owed = totals_by_kind(cast.house.scope, instance.pk)
    approval = request_settlement(
        win.pk, reference="BANK-77", reason="Paid out", requested_by=cast.manager, scope=cast.house.scope, actor=SYSTEM,
        now=cast.now + timedelta(hours=1),
    )  # fmt: skip
    cast.house.approve(approval, at=cast.now + timedelta(hours=1))
    paid = totals_by_kind(cast.house.scope, instance.pk)
    assert paid["payable"] == owed["payable"] - win.cost_micros
    assert paid["player_clearing"] == win.cost_micros

    # Meters, journal and ledger say the same.
    taken = sum(Contribution.objects.filter(instance=instance).values_list("amount_micros", flat=True))
    assert sum(Meter.objects.filter(instance=instance).values_list("contribution_micros", flat=True)) == taken
    closing = sum(paid.get(kind, 0) for kind in LIABILITY_KINDS)
    flows = sum(
        row.net_micros
        for row in month_sums(cast.house.scope, instance_ids=[instance.pk])
        if row.account_kind in LIABILITY_KINDS
    )
    assert closing == flows
    assert closing == taken - paid["house"] - paid["player_clearing"] + (-paid["house_funding"] - taken)
    assert_invariants()


@pytest.mark.req("B-01", "CON-06")
def test_a_partner_that_repeats_itself_changes_nothing(cast: Cast) -> None:
    requests = [cast.request(f"player_{number}", metadata={"n": number}) for number in range(20)]
    first = contribute(requests, now=cast.now)
    before = json.dumps(totals_by_kind(cast.house.scope, cast.instance.pk), sort_keys=True)
    for _ in range(3):
        again = contribute(list(reversed(requests)), now=cast.now + timedelta(days=1))
        assert {code_of(answer) for answer in again} == {"REPLAYED"}
    assert json.dumps(totals_by_kind(cast.house.scope, cast.instance.pk), sort_keys=True) == before
    assert {code_of(answer) for answer in first} == {"ACCEPTED"}
    assert_invariants()
