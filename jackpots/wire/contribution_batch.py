"""Many contributions in one body, and their answers in the same order (rule B-07)."""

from collections.abc import Collection, Iterable
from typing import Annotated, Final, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from backoffice.core import json
from backoffice.core.errors import Refusal
from jackpots.rules.contribution import ContributionRequest, ContributionResult
from jackpots.wire.contribution import Target, decode_contribution, result_body, too_large

MAX_ITEMS: Final = 500
MAX_BATCH_BYTES: Final = 2_097_152


class ErrorItem(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What became of a contribution that was not accepted: the error that it would have been told by itself."""

    type: Annotated[Literal["error"], Meta(description="`data` items are contributions that were accepted.")]
    status_code: int
    code: str
    message: str
    field: str | None = None


class _Targets(msgspec.Struct):
    """Which target an item names."""

    source_id: msgspec.Raw | UnsetType = UNSET
    instance_id: msgspec.Raw | UnsetType = UNSET


_items: Final = msgspec.json.Decoder(list[msgspec.Raw])
_targets: Final = msgspec.json.Decoder(_Targets)
_NULL: Final = b"null"


def decode_batch(
    body: bytes, *, operator_id: str, brand_ids: Collection[str] = ()
) -> list[ContributionRequest | Refusal]:
    """The requests in a JSON array, each with `source_id` or `instance_id`; a Refusal in the place of one that is none.

    Refusal: INVALID_REQUEST where the body is no array, PAYLOAD_TOO_LARGE over 500 items or 2 MiB.
    """
    if len(body) > MAX_BATCH_BYTES:
        raise too_large(MAX_BATCH_BYTES)
    try:
        items = _items.decode(body)
    except (ValueError, RecursionError):
        raise Refusal("INVALID_REQUEST", "The body is a JSON array of contributions.") from None
    if len(items) > MAX_ITEMS:
        raise Refusal("PAYLOAD_TOO_LARGE", f"The array has more than {MAX_ITEMS} contributions.")
    return [_decoded(bytes(item), operator_id, brand_ids) for item in items]


def requests_in(items: Iterable[ContributionRequest | Refusal]) -> list[ContributionRequest]:
    """Those that could be decoded."""
    return [item for item in items if not isinstance(item, Refusal)]


def encode_answers(
    items: Iterable[ContributionRequest | Refusal], answers: Iterable[ContributionResult | Refusal]
) -> bytes:
    """The answer's body: what each item was told; `answers` are to `requests_in(items)`, in order."""
    left = iter(answers)
    told = [item if isinstance(item, Refusal) else next(left) for item in items]
    return json.encode([_error(one) if isinstance(one, Refusal) else result_body(one) for one in told])


def _error(refusal: Refusal) -> ErrorItem:
    return ErrorItem(
        type="error",
        status_code=refusal.status_code,
        code=refusal.code,
        message=refusal.message,
        field=refusal.field,
    )


def _decoded(item: bytes, operator_id: str, brand_ids: Collection[str]) -> ContributionRequest | Refusal:
    try:
        return decode_contribution(item, _target(item), operator_id=operator_id, brand_ids=brand_ids)
    except Refusal as refusal:
        return refusal


def _target(item: bytes) -> Target:
    # Nearly all name a source: one look instead of a second reading. With an escape a name may be written otherwise.
    if b"instance_id" not in item and b"\\" not in item:
        return "source"
    try:
        named = _targets.decode(item)
    except (ValueError, RecursionError):
        # The decoder of the whole tells what is wrong.
        return "source"
    if not _is_named(named.instance_id):
        return "source"
    if _is_named(named.source_id):
        raise Refusal("INVALID_REQUEST", "Name a source or an instance, not both.", "instance_id")
    return "instance"


def _is_named(value: msgspec.Raw | UnsetType) -> bool:
    return value is not UNSET and bytes(value) != _NULL
