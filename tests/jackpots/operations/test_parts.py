"""A batch that goes into the journal in parts: each is sent before the next is settled, and all or none is there."""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

import psycopg
import pytest
from django.db import OperationalError, connection, transaction

from backoffice.core.statements import Call, Stream
from jackpots.models import Contribution, TicketRange, Win
from jackpots.operations.contribute import contribute
from jackpots.operations.contributing import journal
from jackpots.operations.contributing import settle_and_write as module
from jackpots.operations.contributing.batch import Accepted, Batch, Part
from jackpots.operations.contributing.settle import settle
from jackpots.operations.link_instance import link_instance
from jackpots.rules.contribution import ContributionResult
from tests.cast import EUR, SYSTEM, Cast, sure_draft
from tests.invariants import assert_invariants
from tests.jackpots.operations.answers import code_of
from tests.jackpots.operations.test_community import shared, strategy
from tests.jackpots.operations.test_contribute_failures import address_of_database
from tests.raffles import open_raffle

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _parts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(journal, "LEAST_OF_A_PART", 1)
    yield
    connection.close()


@pytest.mark.req("B-03")
def test_a_part_is_sent_before_the_next_is_settled(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[object] = []
    add = Stream.add

    def settling(batch: Batch, these: Sequence[Accepted], repeats: Mapping[str, Sequence[int]]) -> None:
        told.append(len(these))
        settle(batch, these, repeats)

    def adding(self: Stream, calls: Sequence[Call]) -> None:
        told.extend("journal" for statement, _ in calls if statement is journal.INSERT)
        add(self, calls)

    monkeypatch.setattr(module, "settle", settling)
    monkeypatch.setattr(Stream, "add", adding)
    contribute([cast.request(f"player_{number}") for number in range(7)], now=cast.now)
    assert told == [2, "journal", 2, "journal", 3, "journal"]
    assert_invariants()


@pytest.mark.req("B-03", "RAF-03")
@pytest.mark.parametrize("is_outermost", [True, False])
@pytest.mark.parametrize("part", [0, 1, 2])
def test_a_session_that_dies_between_two_parts(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, part: int, *, is_outermost: bool
) -> None:
    raffle = open_raffle(cast.house)
    made = iter(range(3))

    def killing(part_made: Part, transfers: Mapping[str, UUID]) -> dict[str, object]:
        if next(made, None) == part:
            with psycopg.connect(address_of_database(), autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
        return journal.columns(part_made, transfers)

    monkeypatch.setattr(module, "columns", killing)
    requests = [cast.house.request(raffle, f"p{number}", base_wager_micros=10 * EUR) for number in range(9)]
    if not is_outermost:
        with pytest.raises(OperationalError), transaction.atomic():
            contribute(requests, now=cast.now)
        connection.close()
    answers = contribute([*requests, requests[0]], now=cast.now)
    assert [code_of(answer) for answer in answers] == ["ACCEPTED"] * 9 + ["REPLAYED"]
    assert Contribution.objects.filter(instance=raffle).count() == 9
    ranges = TicketRange.objects.order_by("first_number").values_list("first_number", "count", "player_id")
    assert list(ranges) == [(1 + 5 * number, 5, f"p{number}") for number in range(9)]
    assert_invariants()


@pytest.mark.req("B-03", "B-07", "WIN-07")
def test_a_game_round_of_another_target_is_found_while_a_pot_is_shared(cast: Cast) -> None:
    instance = shared(cast, strategy(0, "lifetime", 50, 5), end=12)
    first = cast.house.request(cast.house.source_for(instance), "ann", gameround_id="taken")
    assert code_of(contribute([first], now=cast.now)[0]) == "ACCEPTED"
    again = cast.house.request(instance, "ann", gameround_id="taken")
    others = [cast.house.request(instance, f"p{number}") for number in range(8)]
    answers = contribute([again, *others], now=cast.now)
    assert [code_of(answer) for answer in answers] == ["IDEMPOTENCY_CONFLICT"] + ["ACCEPTED"] * 8
    assert Contribution.objects.filter(instance=instance).count() == 9
    assert Win.objects.exists()
    assert_invariants()


@pytest.mark.parametrize(("follows", "is_told"), [("nothing", True), ("a win", False), ("a link", False)])
def test_who_waits_for_the_pots_is_told_where_nothing_follows(cast: Cast, follows: str, *, is_told: bool) -> None:
    other = cast.house.open(sure_draft())
    if follows == "a link":
        link_instance(cast.instance.pk, other.pk, scope=cast.house.scope, actor=SYSTEM, now=cast.now)
    told: list[bool] = []
    request = cast.house.request(other) if follows == "a win" else cast.request()
    [answer] = contribute([request], now=cast.now, when_sent=lambda: told.append(True))
    assert isinstance(answer, ContributionResult)
    assert told == [True] * is_told
    assert_invariants()
