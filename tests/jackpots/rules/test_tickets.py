"""Tickets: exact counts, dense numbers, whose a number is, and a root that any change changes."""

from fractions import Fraction
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as some

from jackpots.rules.tickets import Earned, TicketList, chance_of_a_prize, earn
from tests.jackpots.rules.kit import EURO


def ticket_list(*ranges: tuple[int, str]) -> TicketList:
    """A list of ranges given as (count, player)."""
    tickets, first = TicketList(), 1
    for place, (count, player) in enumerate(ranges):
        tickets.extend([(first, count, "op:brand", player, f"c-{place}")])
        first += count
    return tickets


@pytest.mark.req("RAF-03", "RAF-04", "RAF-05")
def test_k1_twenty_bets_of_ten_cents_earn_one_ticket_of_two_euros() -> None:
    carry = tickets = 0
    for _ in range(20):
        earned = earn(carry, EURO // 10, 2 * EURO)
        carry, tickets = earned.carry_micros, tickets + earned.tickets
    assert (tickets, carry) == (1, 0)


@pytest.mark.req("RAF-03")
def test_k2_seventy_cents_at_ten_cents_are_seven_tickets() -> None:
    assert earn(0, 700_000, 100_000) == Earned(7, 0)


@pytest.mark.req("RAF-05")
@given(some.lists(some.integers(0, 10**12), max_size=30), some.integers(1, 10**10))
def test_nothing_is_lost_however_the_amounts_come(amounts: list[int], price: int) -> None:
    carry = tickets = 0
    for amount in amounts:
        earned = earn(carry, amount, price)
        carry, tickets = earned.carry_micros, tickets + earned.tickets
        assert 0 <= carry < price
    assert tickets == sum(amounts) // price
    assert carry == sum(amounts) % price


@pytest.mark.parametrize(("carry", "metric", "price"), [(0, 1, 0), (0, 1, -1), (-1, 1, 1), (0, -1, 1)])
def test_senseless_amounts_are_refused(carry: int, metric: int, price: int) -> None:
    with pytest.raises(ValueError, match="tickets are earned"):
        earn(carry, metric, price)


def test_k3_the_chance_of_a_prize() -> None:
    chance = chance_of_a_prize(tickets=1_000, held=20, prizes=10)
    assert round(float(chance), 6) == 0.183682
    assert chance_of_a_prize(tickets=3, held=3, prizes=9) == 1
    assert chance_of_a_prize(tickets=3, held=0, prizes=2) == 0
    assert chance_of_a_prize(tickets=4, held=1, prizes=1) == Fraction(1, 4)
    with pytest.raises(ValueError, match="more tickets"):
        chance_of_a_prize(tickets=3, held=4, prizes=1)


@pytest.mark.req("B-17")
def test_the_root_is_the_digest_of_the_published_lines() -> None:
    tickets = ticket_list((2, "ann"), (1, "bob"), (3, "ann"))
    lines = "1|2|1|c-0\n3|1|2|c-1\n4|3|1|c-2\n"
    assert tickets.root == sha256(lines.encode()).hexdigest()
    assert (tickets.ticket_count, tickets.range_count, tickets.holder_count) == (6, 3, 2)
    assert (tickets.tickets_of(1), tickets.tickets_of(2)) == (5, 1)
    assert TicketList().root == sha256(b"").hexdigest()
    for other in (
        ticket_list((1, "ann"), (2, "bob"), (3, "ann")),
        ticket_list((2, "ann"), (1, "bob"), (3, "bob")),
        ticket_list((2, "ann"), (1, "bob")),
    ):
        assert other.root != tickets.root


def test_a_number_belongs_to_the_range_it_is_in() -> None:
    tickets = ticket_list((2, "ann"), (1, "bob"), (3, "ann"))
    assert [tickets.owner(number) for number in range(1, 7)] == [(1, 0), (1, 0), (2, 1), (1, 2), (1, 2), (1, 2)]
    for number in (0, 7):
        with pytest.raises(ValueError, match="no ticket"):
            tickets.owner(number)


@pytest.mark.parametrize("following", [(2, 1), (4, 1), (3, 0)])
def test_numbers_without_an_owner_are_found(following: tuple[int, int]) -> None:
    tickets = ticket_list((2, "ann"))
    with pytest.raises(ValueError, match="ticket 3 is missing"):
        tickets.extend([(*following, "op:brand", "bob", "c-9")])
