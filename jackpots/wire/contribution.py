"""Contributions as partners send them, and what they are answered. One decoder and one encoder for every door."""

import re
from collections.abc import Collection, Iterator
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Final, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from backoffice.core import json
from backoffice.core.clock import epoch_ms
from backoffice.core.errors import Refusal
from backoffice.core.money import MICROS, MoneyError, micros_from_decimal
from jackpots.rules.contribution import ContributionRequest, ContributionResult

MAX_BODY_BYTES: Final = 65_536
MAX_DEPTH: Final = 16
MAX_NUMBER_CHARACTERS: Final = 40
MAX_EXPONENT: Final = 308

Name = Annotated[str, Meta(min_length=1, max_length=128)]
Number = Annotated[msgspec.Raw, Meta(extra_json_schema={"type": "number"})]

# Whole units of so many digits are below every limit.
_WHOLE_DIGITS: Final = 9
_PATH = re.compile(r"^(?P<reason>.*?)(?: - at `(?:key in )?\$\.(?P<field>\w+).*`)?$", re.DOTALL)
_MISSING = re.compile(r"^Object missing required field `(?P<field>\w+)`")


class SentContribution(msgspec.Struct, kw_only=True):
    """What both forms of a contribution have in common. Fields that we do not know are passed over."""

    brand_id: Annotated[str, Meta(min_length=1, max_length=129, description="The pair `operator:brand`.")]
    player_id: Name
    player_country: Annotated[str, Meta(min_length=2, max_length=3, description="ISO 3166-1, two or three letters.")]
    gameround_id: Annotated[
        str, Meta(min_length=1, max_length=128, description="Unique for the player and the target.")
    ]
    currency: Annotated[str, Meta(min_length=3, max_length=3, description="ISO 4217.")]
    base_wager: Annotated[
        msgspec.Raw,
        Meta(
            description="The bet, in `currency`, with up to six decimals.",
            extra_json_schema={"type": "number", "minimum": 0, "exclusiveMaximum": 1_000_000_000},
        ),
    ]
    token: Annotated[str, Meta(max_length=4096, description="The player's session.")] | None = None
    metadata: Annotated[Any, Meta(description="Any JSON value; it comes back with the result.")] = None
    callback: Annotated[Any, Meta(description="Refused: contributions are answered at once.")] = None


class SentToSource(SentContribution, kw_only=True):
    """A contribution to whatever jackpot a source stands for."""

    source_id: Annotated[str, Meta(min_length=1, max_length=100)]


class SentToInstance(SentContribution, kw_only=True):
    """A contribution straight to a jackpot instance."""

    instance_id: UUID


class ResultBody(msgspec.Struct, kw_only=True):
    """The seeds' ContributionResult; amounts in the player's currency, time in epoch milliseconds."""

    type: Literal["data"] = "data"
    contribution_amount: Number
    contribution_currency: str
    gameround_id: str
    instance_id: UUID
    metadata: Any
    tickets_awarded: int | None
    timestamp: int
    win_amount: Number
    win_pot_id: str | None
    win_withheld: bool


Target = Literal["source", "instance"]


def decode_contribution(
    body: bytes, target: Target, *, operator_id: str, brand_ids: Collection[str] = ()
) -> ContributionRequest:
    """The request in a body of JSON, from somebody who acts for this operator and, if any are named, these brands.

    Refusal: INVALID_REQUEST with the field, PAYLOAD_TOO_LARGE over 64 KiB, UNSUPPORTED_BRAND.
    """
    if len(body) > MAX_BODY_BYTES:
        raise too_large()
    sent = _decoded(body, _decoders[target])
    if sent.callback is not None:
        raise Refusal("INVALID_REQUEST", "Asynchronous contributions are not offered; leave the field out.", "callback")
    if not (sent.currency.isascii() and sent.currency.isalpha() and sent.currency.isupper()):
        raise Refusal("INVALID_REQUEST", "The currency is three capital letters of ISO 4217.", "currency")
    if sent.metadata is not None:
        _check_depth(sent.metadata)
    if b"\\u0000" in body:
        _check_nul(sent)
    if brand_ids and sent.brand_id not in brand_ids:
        raise unsupported_brand(sent.brand_id)
    return ContributionRequest(
        operator_id=operator_id,
        brand_id=sent.brand_id,
        player_id=sent.player_id,
        player_country=sent.player_country,
        target_type=target,
        target_id=sent.source_id if isinstance(sent, SentToSource) else str(sent.instance_id),
        gameround_id=sent.gameround_id,
        currency=sent.currency,
        base_wager_micros=_wager(bytes(sent.base_wager)),
        metadata=sent.metadata,
        token=sent.token,
    )


def encode_result(result: ContributionResult) -> bytes:
    """The answer's body."""
    return json.encode(result_body(result))


def result_body(result: ContributionResult) -> ResultBody:
    """The answer as it is sent."""
    return ResultBody(
        contribution_amount=json.json_number(result.contribution_micros),
        contribution_currency=result.contribution_currency,
        gameround_id=result.gameround_id,
        instance_id=result.instance_id,
        metadata=result.metadata,
        tickets_awarded=result.tickets_awarded,
        timestamp=epoch_ms(result.accepted_at),
        win_amount=json.json_number(result.win_micros),
        win_pot_id=result.win_pot_id,
        win_withheld=result.win_withheld,
    )


def unsupported_brand(brand_id: str) -> Refusal:
    """What is told of a brand that is foreign, unknown, switched off or not the token's: always the same."""
    return Refusal("UNSUPPORTED_BRAND", f"{brand_id}: this brand is not supported", "brand_id")


def too_large(limit: int = MAX_BODY_BYTES) -> Refusal:
    """What a body over the limit is told."""
    return Refusal("PAYLOAD_TOO_LARGE", f"The body has more than {limit} bytes.")


def refusal_of_decoding(error: Exception) -> Refusal:
    """INVALID_REQUEST for an error of msgspec, with the field that it is about."""
    text = str(error)
    if isinstance(error, msgspec.ValidationError):
        missing = _MISSING.match(text)
        if missing:
            return Refusal("INVALID_REQUEST", "The field is missing.", missing["field"])
        found = _PATH.match(text)
        if found:
            reason = found["reason"]
            return Refusal("INVALID_REQUEST", f"{reason[:1].upper()}{reason[1:]}.", found["field"])
    if isinstance(error, RecursionError):
        return Refusal("INVALID_REQUEST", f"The body is nested more than {MAX_DEPTH} levels deep.")
    return Refusal("INVALID_REQUEST", f"The body is not valid JSON: {text.removeprefix('JSON is malformed: ')}.")


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError("a number is out of range") from None
    if len(text) > MAX_NUMBER_CHARACTERS or (number and abs(number.adjusted()) > MAX_EXPONENT):
        raise ValueError("a number is out of range")
    return number


_decoders: Final[dict[Target, msgspec.json.Decoder[Any]]] = {
    "source": msgspec.json.Decoder(SentToSource, float_hook=_number),
    "instance": msgspec.json.Decoder(SentToInstance, float_hook=_number),
}


def _decoded(body: bytes, decoder: msgspec.json.Decoder[Any]) -> SentToSource | SentToInstance:
    try:
        sent: SentToSource | SentToInstance = decoder.decode(body)
    except (ValueError, RecursionError) as error:
        raise refusal_of_decoding(error) from None
    return sent


def _wager(text: bytes) -> int:
    if text.isdigit() and len(text) <= _WHOLE_DIGITS:
        return int(text) * MICROS
    if text[:1] not in b"0123456789-" or len(text) > MAX_NUMBER_CHARACTERS:
        raise Refusal("INVALID_REQUEST", "The bet is a number of at most 40 characters.", "base_wager")
    try:
        micros = micros_from_decimal(Decimal(text.decode("ascii")), field="base_wager")
    except MoneyError as error:
        raise Refusal("INVALID_REQUEST", f"The bet {error.reason}.", "base_wager") from None
    except InvalidOperation:
        raise Refusal("INVALID_REQUEST", "The bet is out of range.", "base_wager") from None
    if micros < 0:
        raise Refusal("INVALID_REQUEST", "The bet must not be negative.", "base_wager")
    return micros


def _check_depth(metadata: object) -> None:
    level = [metadata]
    for _ in range(MAX_DEPTH):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return
    raise Refusal("INVALID_REQUEST", f"The value is nested more than {MAX_DEPTH} levels deep.", "metadata")


def _inside(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value


def _check_nul(sent: SentContribution) -> None:
    for field in sent.__struct_fields__:
        if _has_nul(getattr(sent, field)):
            raise Refusal("INVALID_REQUEST", "The text holds a NUL character.", field)


def _has_nul(value: object) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(_has_nul(key) or _has_nul(item) for key, item in value.items())
    return isinstance(value, list) and any(_has_nul(item) for item in value)
