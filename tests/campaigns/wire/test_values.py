"""Values of attributes have one text each, and it is PostgreSQL's."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from campaigns.wire.values import READERS, plain_text, read_number, read_string


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("5.0"), b"5"), (Decimal("-0.00"), b"0"), (Decimal("1E+3"), b"1000"), (Decimal("1E-3"), b"0.001"),
        (Decimal("-12.50"), b"-12.5"), (Decimal("0E+9"), b"0"), (7, b"7"), (Decimal("NaN"), None), (True, None),
        ("7", None),
    ],
)  # fmt: skip
def test_equal_numbers_have_one_text(value: Any, text: bytes | None) -> None:
    read = read_number(value)
    assert (None if read is None else bytes(read)) == text


@pytest.mark.req("IGT-43")
@pytest.mark.parametrize(
    ("type_", "good", "bad"),
    [
        ("string", "", 1),
        ("number", Decimal("1.5"), "1.5"),
        ("datetime", "2023-10-08T01:17:14.000Z", "2023-10-08"),
        ("datetime", "2023-10-08T01:17:14.123Z", 5),
        ("boolean", False, 0),
    ],
)
def test_a_value_is_of_its_type(type_: str, good: Any, bad: Any) -> None:
    read = READERS[type_](good)
    assert read is not None
    assert msgspec.json.decode(bytes(read)) == good
    assert READERS[type_](bad) is None


def test_only_texts_have_a_plain_text() -> None:
    assert [plain_text(msgspec.Raw(b'"a\\u00e9"')), plain_text(msgspec.Raw(b"5")), plain_text(None)] == ["aé", "", ""]


@pytest.mark.django_db
class TestTexts(TestCase):
    """A value that was stored and comes again is found equal by its bytes alone."""

    @given(
        st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
        | st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20)
    )
    def test_postgresql_gives_back_the_same_text(self, value: str | Decimal) -> None:
        read = read_string(value) or read_number(value)
        assert read is not None
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::jsonb::text", [bytes(read).decode()])
            assert (cursor.fetchone() or ("",))[0].encode() == bytes(read)
