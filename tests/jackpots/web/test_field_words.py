"""Every field of a template's terms, and every one of its values that is a word of ours, has a word for people."""

from typing import Literal, get_args, get_origin, get_type_hints

import msgspec
import pytest

from jackpots.rules.terms import AmountTerms, PotTerms, PrizeTerms, StrategyTerms, TemplateTerms
from jackpots.web.field_words import TEMPLATE_WORDS

STRUCTURES = [TemplateTerms, PotTerms, AmountTerms, StrategyTerms, PrizeTerms]
# These are their own word.
PLAIN = {"jackpot_type", "duration_unit"}


@pytest.mark.req("B-25")
@pytest.mark.parametrize("structure", STRUCTURES, ids=lambda one: one.__name__)
def test_every_field_has_a_word(structure: type[msgspec.Struct]) -> None:
    assert [name for name in structure.__struct_fields__ if name not in TEMPLATE_WORDS] == []


@pytest.mark.parametrize("structure", STRUCTURES, ids=lambda one: one.__name__)
def test_every_choice_has_a_word(structure: type[msgspec.Struct]) -> None:
    hints = get_type_hints(structure)
    choices = {name: get_args(hint) for name, hint in hints.items() if get_origin(hint) is Literal}
    missing = [
        f"{name}={value}"
        for name, values in choices.items()
        for value in values
        if value and name not in PLAIN and f"{name}={value}" not in TEMPLATE_WORDS
    ]
    assert missing == []
