"""Draws: the published vector, no bias, and nothing that a second look could change."""

import hmac
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jackpots import randomness
from jackpots.randomness import commit, draw, draw_prefix, new_secret, recompute, verify
from tests.jackpots.rules.kit import CHI_SQUARE_LIMIT, chi_square, count

SECRET = bytes(range(32))
PREFIX = draw_prefix("inst-1", "minor", 1)


@pytest.mark.req("B-10")
def test_t15_the_vector() -> None:
    assert commit(SECRET) == "630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd"
    found = [draw(SECRET, PREFIX, str(number), 1_000) for number in range(1, 11)]
    assert found == [287, 83, 422, 165, 651, 456, 530, 386, 342, 771]


@pytest.mark.req("B-10")
def test_t15_the_vector_from_the_whole_message() -> None:
    assert [recompute(SECRET, f"inst-1|minor|1|{number}", 1_000) for number in (1, 2, 3)] == [287, 83, 422]


@pytest.mark.req("B-10")
def test_twenty_thousand_draws_are_even() -> None:
    found = [0] * 10
    for number in range(20_000):
        found[draw(SECRET, PREFIX, str(number + 1), 10)] += 1
    assert chi_square(found) < CHI_SQUARE_LIMIT[9]
    # The figure that was published for exactly these draws.
    assert round(chi_square(found), 2) == 6.08


@pytest.mark.req("B-10")
def test_draws_below_a_large_odd_bound_are_even() -> None:
    bound = 3 * 10**17 + 7
    found = [0] * 20
    for number in range(count(4_000, 200_000)):
        found[draw(SECRET, PREFIX, f"round-{number}", bound) * 20 // bound] += 1
    assert chi_square(found) < CHI_SQUARE_LIMIT[19]


def _words(message: bytes, counter: int) -> list[int]:
    digest = hmac.digest(SECRET, message + b"|" + str(counter).encode(), sha256)
    return [int.from_bytes(digest[start : start + 8], "big") for start in range(0, 32, 8)]


@pytest.mark.req("B-10")
@given(st.integers(min_value=1, max_value=10**6))
def test_words_at_or_above_the_last_whole_multiple_are_passed_over(number: int) -> None:
    bound = 2**63 + 1  # almost every second word is rejected
    words = [word for counter in range(40) for word in _words(PREFIX + str(number).encode(), counter)]
    assert draw(SECRET, PREFIX, str(number), bound) == next(word for word in words if word < bound)


def test_a_rejected_digest_leads_to_the_next_counter() -> None:
    bound = 2**63 + 1
    found = [number for number in range(500) if all(word >= bound for word in _words(PREFIX + str(number).encode(), 0))]
    assert found
    for number in found:
        assert draw(SECRET, PREFIX, str(number), bound) in _words(PREFIX + str(number).encode(), 1) or all(
            word >= bound for word in _words(PREFIX + str(number).encode(), 1)
        )


@given(st.binary(min_size=1, max_size=64), st.text(min_size=1, max_size=20), st.integers(min_value=1, max_value=2**64))
def test_a_draw_is_below_its_bound_and_never_changes(secret: bytes, contribution_id: str, bound: int) -> None:
    if any("\ud800" <= letter <= "\udfff" for letter in contribution_id):
        return
    number = draw(secret, PREFIX, contribution_id, bound)
    assert 0 <= number < bound
    assert draw(secret, PREFIX, contribution_id, bound) == number


@pytest.mark.parametrize("bound", [0, -5, 2**64 + 1])
def test_no_draw_below_a_bound_that_a_word_cannot_reach(bound: int) -> None:
    with pytest.raises(ValueError, match="bound"):
        draw(SECRET, PREFIX, "1", bound)


@pytest.mark.req("B-10")
def test_each_part_of_the_message_counts() -> None:
    bound = 2**60
    found = {
        draw(SECRET, draw_prefix(instance, pot, cycle), contribution_id, bound)
        for instance in ("i-1", "i-2")
        for pot in ("minor", "major")
        for cycle in (1, 2)
        for contribution_id in ("a", "b")
    }
    assert len(found) == 16
    assert draw(SECRET[::-1], PREFIX, "1", bound) != draw(SECRET, PREFIX, "1", bound)


def test_a_secret_is_fresh_and_fits_only_its_own_commitment() -> None:
    secret, other = new_secret(), new_secret()
    assert len(secret) == randomness.SECRET_BYTES == 32
    assert secret != other
    assert verify(secret, commit(secret))
    assert not verify(other, commit(secret))
    assert not verify(secret, commit(secret)[:-1] + "x")
