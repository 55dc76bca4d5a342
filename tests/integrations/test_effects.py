"""What a batch of messages leaves behind."""

import pytest

from integrations.models import DeadLetter, FeedMessage, GameActivity, GameRound
from tests.integrations.support import Feeds, Ledger, bet, counts_of, dead_reasons, message, position_of, raw
from tests.invariants import assert_invariants

pytestmark = pytest.mark.django_db


@pytest.mark.req("GEN-10", "B-18", "FTC-01")
def test_a_bet_is_handed_over_with_its_brand_player_source_and_stake(feeds: Feeds, ledger: Ledger) -> None:
    owned = feeds.owned(feeds.connected())
    outcomes = feeds.take(owned, raw(bet("a1", amount=2.5)))
    assert [(outcome.bucket, outcome.code) for outcome in outcomes] == [("used", "ACCEPTED")]
    handed = ledger.bets[0]
    assert (handed.operator_id, handed.brand_id, handed.source_id) == (
        "thrilltech",
        "thrilltech:brand1",
        "sitewide-casino",
    )
    assert (handed.player_id, handed.gameround_id, handed.base_wager_micros) == ("52530", "a1", 2_500_000)
    assert handed.metadata["round_id"] == "r-a1"
    assert handed.player_country == ""
    assert_invariants()


@pytest.mark.req("GEN-10")
def test_rules_choose_the_source_by_origin_vendor_and_game(feeds: Feeds, ledger: Ledger) -> None:
    rules = [
        {"vendor_id": "4", "game_id": "20417", "source_id": "egyptian-games"},
        {"origin": "OTHER.example.com", "source_id": "provider-game-code"},
    ]
    owned = feeds.owned(feeds.connected(settings=feeds.mapping(sources=rules, default_source_id="")))
    outcomes = feeds.take(
        owned,
        raw(bet("a1", vendor_id=4, game_id="20417", origin="other.example.com")),
        raw(bet("a2", origin="Other.Example.Com")),
        raw(bet("a3", vendor_id="4")),
    )
    assert [taken.source_id for taken in ledger.bets] == ["egyptian-games", "provider-game-code"]
    assert outcomes[2].code == "NO_SOURCE"
    assert GameRound.objects.filter(round_id="r-a3", bet_count=1).exists()


@pytest.mark.req("FTC-07", "FTC-11", "FTC-13")
def test_bets_and_wins_of_a_round_are_summed_until_it_ends(feeds: Feeds, ledger: Ledger) -> None:
    integration = feeds.connected()
    owned = feeds.owned(integration)
    feeds.take(owned, raw(bet("a1", round_id="r1", amount=2)), raw(bet("a2", round_id="r1", amount=3)))
    assert not GameRound.objects.get(round_id="r1").is_ended
    feeds.take(owned, raw(bet("w1", round_id="r1", type="Win", amount=7.25, is_round_end=True, exchange_rate=0.5)))
    built = GameRound.objects.get(round_id="r1")
    assert (built.bet_count, built.bet_micros, built.win_count, built.win_micros) == (2, 5_000_000, 1, 7_250_000)
    assert built.win_base_micros == 3_625_000
    assert built.is_ended
    assert built.game_name == "Dead or Alive"
    assert len(ledger.bets) == 2
    assert_invariants()


@pytest.mark.req("FTC-05", "GEN-10")
def test_the_same_message_again_has_no_second_effect(feeds: Feeds, ledger: Ledger) -> None:
    integration = feeds.connected()
    owned = feeds.owned(integration)
    feeds.take(owned, raw(bet("a1")), raw(bet("a1")))
    feeds.take(owned, raw(bet("a1", amount=20.00, meta={"key3": False, "key1": 10, "key2": "some string"})))
    assert ledger.contributed == ["a1"]
    assert counts_of(integration) == {"ACCEPTED": 1, "DUPLICATE": 2}
    assert FeedMessage.objects.count() == 1
    assert_invariants()


@pytest.mark.req("FTC-05", "B-19")
def test_the_same_id_with_other_content_is_a_conflict(feeds: Feeds, ledger: Ledger) -> None:
    integration = feeds.connected()
    owned = feeds.owned(integration)
    feeds.take(owned, raw(bet("a1", amount=2)), raw(bet("a1", amount=3)))
    feeds.take(owned, raw(bet("a1", amount=4)))
    assert dead_reasons(integration) == ["CONFLICT", "CONFLICT"]
    assert [taken.base_wager_micros for taken in ledger.bets] == [2_000_000]
    assert GameRound.objects.get().bet_micros == 2_000_000
    assert_invariants()


@pytest.mark.req("FTC-08", "B-18")
def test_a_rollback_reverses_the_round_and_marks_the_contribution(feeds: Feeds, ledger: Ledger) -> None:
    integration = feeds.connected()
    owned = feeds.owned(integration)
    feeds.take(owned, raw(bet("a1")))
    outcomes = feeds.take(owned, raw(bet("a1", status="Rollback", timestamp="2015-03-02T09:00:00Z")))
    assert outcomes[0].code == "MARKED"
    assert [(taken.gameround_id, taken.is_rollback) for taken in ledger.bets] == [("a1", False), ("a1", True)]
    built = GameRound.objects.get()
    assert (built.bet_count, built.bet_micros, built.rollback_count) == (0, 0, 1)
    assert_invariants()


@pytest.mark.req("FTC-08", "B-18")
def test_a_rollback_that_came_first_prevents_the_contribution(feeds: Feeds, ledger: Ledger) -> None:
    owned = feeds.owned(feeds.connected())
    feeds.take(owned, raw(bet("a1", status="Rollback")))
    outcomes = feeds.take(owned, raw(bet("a1")))
    assert outcomes[0].code == "ROLLED_BACK_BEFORE"
    assert ledger.bets == []
    assert GameRound.objects.get().bet_micros == 0


@pytest.mark.req("FTC-08", "B-18")
def test_a_win_can_be_rolled_back_and_touches_no_contribution(feeds: Feeds, ledger: Ledger) -> None:
    owned = feeds.owned(feeds.connected())
    win = {"type": "Win", "round_id": "r1", "amount": 5}
    feeds.take(owned, raw(bet("w1", **win)), raw(bet("w1", **win, status="Rollback")))
    assert GameRound.objects.get().win_micros == 0
    assert ledger.bets == []


@pytest.mark.req("FTC-08")
def test_a_rollback_of_another_players_bet_is_a_conflict(feeds: Feeds, ledger: Ledger) -> None:
    integration = feeds.connected()
    owned = feeds.owned(integration)
    feeds.take(owned, raw(bet("a1")), raw(bet("a1", status="Rollback", user_id="somebody-else")))
    assert dead_reasons(integration) == ["CONFLICT"]
    assert GameRound.objects.get().bet_count == 1
    assert len(ledger.bets) == 1


@pytest.mark.req("GEN-12")
def test_bets_on_our_own_jackpots_are_counted_and_never_contribute(feeds: Feeds, ledger: Ledger) -> None:
    integration = feeds.connected(settings=feeds.mapping(own_games=["90001"], own_vendors=["potluck"]))
    owned = feeds.owned(integration)
    feeds.take(owned, raw(bet("a1", game_id="90001")), raw(bet("a2", vendor_id="potluck")), raw(bet("a3")))
    assert ledger.contributed == ["a3"]
    assert counts_of(integration) == {"OWN_JACKPOT": 2, "ACCEPTED": 1}
    assert position_of(integration).filtered_count == 2
    assert GameActivity.objects.count() == 1
    assert_invariants()


@pytest.mark.req("B-19")
def test_a_business_refusal_is_counted_by_its_code_and_is_no_dead_letter(feeds: Feeds, ledger: Ledger) -> None:
    integration = feeds.connected()
    ledger.refusals["52530"] = "CONTRIBUTION_REJECTED"
    feeds.take(feeds.owned(integration), raw(bet("a1")))
    assert position_of(integration).refused_count == 1
    assert counts_of(integration) == {"CONTRIBUTION_REJECTED": 1}
    assert not DeadLetter.objects.exists()
    assert GameRound.objects.get().bet_count == 1
    assert_invariants()


@pytest.mark.req("G-25", "B-19", "FTC-02")
def test_an_unsupported_type_is_stored_as_such(feeds: Feeds, ledger: Ledger) -> None:
    integration = feeds.connected()
    feeds.take(feeds.owned(integration), raw(bet("a1"), "LOTTERY_V2"), raw(bet("a2"), None))
    letters = {letter.reason: letter.is_unsupported for letter in DeadLetter.objects.all()}
    assert letters == {"UNSUPPORTED_TYPE": True, "TYPE_MISSING": False}
    assert ledger.bets == []
    assert_invariants()


@pytest.mark.req("B-18")
def test_an_unmapped_origin_is_a_dead_letter_with_its_bytes(feeds: Feeds, ledger: Ledger) -> None:
    integration = feeds.connected()
    sent = raw(bet("a1", origin="nowhere.example.com"))
    feeds.take(feeds.owned(integration), sent)
    letter = DeadLetter.objects.get()
    assert (letter.reason, bytes(letter.raw), letter.state) == ("UNMAPPED_ORIGIN", sent.body, "waiting")
    assert "nowhere.example.com" in letter.detail
    assert ledger.bets == []


@pytest.mark.req("B-19")
def test_a_dead_letter_that_comes_again_is_not_buried_twice(feeds: Feeds, ledger: Ledger) -> None:
    integration = feeds.connected()
    owned = feeds.owned(integration)
    for _ in range(3):
        feeds.take(owned, raw(bet("a1", origin="nowhere.example.com")))
    assert DeadLetter.objects.get().attempts == 3
    assert (position_of(integration).dead_count, position_of(integration).filtered_count) == (1, 2)
    assert ledger.bets == []
    assert_invariants()


@pytest.mark.req("FTC-10", "FTC-12", "FTC-14")
def test_what_was_said_is_kept_with_the_activity(feeds: Feeds, ledger: Ledger) -> None:
    feeds.take(feeds.owned(feeds.connected()), raw(message()))
    kept = GameActivity.objects.get()
    assert (kept.balance_before_micros, kept.balance_after_micros) == (194_030_000, 174_030_000)
    assert kept.meta == {"key1": 10, "key2": "some string", "key3": False}
    assert kept.is_timestamp_repaired
    assert kept.happened_at.isoformat() == "2015-03-02T08:27:58.721607+00:00"
    assert len(ledger.bets) == 1
