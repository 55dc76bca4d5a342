"""The one decoder and the one encoder of contributions: exact, strict, and never surprised."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.core import json
from backoffice.core.errors import Refusal
from jackpots.rules.contribution import ContributionRequest, ContributionResult
from jackpots.wire.contribution import decode_contribution, encode_result
from jackpots.wire.contribution_batch import decode_batch

SENT: dict[str, Any] = {
    "token": "token_00001",
    "brand_id": "thrilltech:brand1",
    "player_id": "player_00001",
    "player_country": "UK",
    "source_id": "casino-sitewide",
    "gameround_id": "1",
    "currency": "EUR",
    "base_wager": 1,
}
BODY = json.encode(SENT)

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
numbers = st.integers(-(10**30), 10**30) | st.decimals(-(10**9), 10**9, allow_nan=False, places=6)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


def result(**changes: Any) -> ContributionResult:
    given_values: dict[str, Any] = {
        "contribution_id": UUID(int=1), "contribution_micros": 100_000, "contribution_currency": "EUR",
        "gameround_id": "1", "instance_id": UUID(int=2), "metadata": None,
        "accepted_at": datetime(2026, 3, 14, 9, 26, 53, 589_793, tzinfo=UTC), "win_micros": 0, "win_pot_id": None,
        "rate": Decimal(1),
    }  # fmt: skip
    return ContributionResult(**(given_values | changes))


@pytest.mark.req("CON-17", "CON-21", "CUR-07")
@given(values)
def test_metadata_goes_in_and_out_unchanged(metadata: Any) -> None:
    request = decode_contribution(json.encode(SENT | {"metadata": metadata}), "source", operator_id="thrilltech")
    out = json.decode(encode_result(result(metadata=request.metadata)))
    assert out["metadata"] == metadata


@pytest.mark.req("CON-14", "CUR-07")
@given(st.integers(0, 10**15 - 1))
def test_wagers_are_read_to_the_micro(micros: int) -> None:
    body = json.encode(SENT | {"base_wager": json.json_number(micros)})
    assert decode_contribution(body, "source", operator_id="thrilltech").base_wager_micros == micros


@pytest.mark.req("CON-14", "CUR-07")
@given(st.integers(0, 10**15 - 1), st.integers(0, 10**15 - 1))
def test_amounts_are_written_to_the_micro(contribution: int, win: int) -> None:
    out = json.decode(encode_result(result(contribution_micros=contribution, win_micros=win)))
    assert out["contribution_amount"] * 1_000_000 == contribution
    assert out["win_amount"] * 1_000_000 == win


def _read(body: bytes) -> ContributionRequest | Refusal:
    try:
        return decode_contribution(body, "source", operator_id="thrilltech")
    except Refusal as refusal:
        return refusal


@pytest.mark.req("B-06")
@given(st.integers(0, len(BODY)), st.integers(0, 8), st.binary(max_size=8))
def test_whatever_bytes_come_they_are_read_or_refused(start: int, length: int, replacement: bytes) -> None:
    mutant = BODY[:start] + replacement + BODY[start + length :]
    read = _read(mutant)
    if isinstance(read, Refusal):
        assert read.code == "INVALID_REQUEST"
        return
    assert 0 <= read.base_wager_micros < 10**15
    assert all(1 <= len(text) <= 128 for text in (read.player_id, read.gameround_id, read.target_id))
    assert "\0" not in read.player_id + read.gameround_id + read.target_id


@pytest.mark.req("B-06")
@given(st.binary(max_size=200))
def test_noise_is_refused(noise: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        decode_contribution(noise, "instance", operator_id="thrilltech")
    assert refused.value.code == "INVALID_REQUEST"


@pytest.mark.req("B-01")
def test_the_two_forms_name_their_target() -> None:
    by_source = decode_contribution(BODY, "source", operator_id="thrilltech")
    direct = json.encode({**SENT, "instance_id": str(UUID(int=7)).upper()})
    by_instance = decode_contribution(direct, "instance", operator_id="thrilltech")
    assert (by_source.target, by_instance.target) == ("source:casino-sitewide", f"instance:{UUID(int=7)}")
    assert by_source.contribution_id != by_instance.contribution_id


@pytest.mark.req("B-07", "CON-24")
@pytest.mark.parametrize("name", [b"instance_id", b"instance\\u005fid"])
def test_an_item_of_a_batch_may_name_an_instance_however_it_is_written(name: bytes) -> None:
    instance_id = UUID(int=7)
    direct = BODY.replace(b'"source_id":"casino-sitewide"', b'"%s":"%s"' % (name, str(instance_id).encode()))
    source, instance = decode_batch(b"[%s,%s]" % (BODY, direct), operator_id="thrilltech")
    assert isinstance(source, ContributionRequest)
    assert isinstance(instance, ContributionRequest)
    assert (source.target, instance.target) == ("source:casino-sitewide", f"instance:{instance_id}")
