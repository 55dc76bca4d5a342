"""Derived ids: the same for the same parts, and only for them."""

from uuid import UUID

from hypothesis import assume, given
from hypothesis import strategies as st

from backoffice.core.ids import derived_id

TEXTS = st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"])), min_size=1, max_size=5)


def test_an_id_never_changes() -> None:
    assert derived_id("thrilltech", "thrilltech:brand1", "player_1", "source:deposit", "round-1") == UUID(
        "9348bcb8-20a2-5492-b33f-4cec46a9cc16"
    )
    assert derived_id("a").version == 5


def test_parts_cannot_be_shifted() -> None:
    assert derived_id("a", "b|c") != derived_id("a|b", "c")
    assert derived_id("a", "1:b,") != derived_id("a,1:b", "")
    assert derived_id("ab") != derived_id("a", "b")
    assert derived_id("") != derived_id("", "")


@given(TEXTS, TEXTS)
def test_different_parts_have_different_ids(one: list[str], other: list[str]) -> None:
    assert derived_id(*one) == derived_id(*one)
    assume(one != other)
    assert derived_id(*one) != derived_id(*other)
