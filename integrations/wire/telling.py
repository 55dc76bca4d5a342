"""What the content of a message is in words: who it is about, what of them changes, what of it is ignored."""

import re
from decimal import Decimal
from functools import singledispatch
from typing import Any, Final

import msgspec

from backoffice.core.money import format_money
from integrations.wire.casino import CasinoActivity
from integrations.wire.payments import BonusMessage, PaymentMessage
from integrations.wire.players import PlayerMessage

_INSTANT: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z")
_IDENTIFIERS: Final = {"player_id": "id", "email": "e-mail address", "mobile_number": "mobile number"}
_REASONS: Final = {
    "UNKNOWN_ATTRIBUTE": "no attribute of this name is mapped",
    "NOT_OF_ITS_TYPE": "the value is not of the attribute's type",
}
MOST_TEXT: Final = 300


class Change(msgspec.Struct, frozen=True):
    """A value that is set: an attribute's name, its type, the value as text."""

    name: str
    type: str
    value: str


class Ignored(msgspec.Struct, frozen=True):
    """A part of the message that sets nothing: its name, the code of why, the same in words."""

    name: str
    code: str
    text: str


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A message in words. `about` is the player's identifier, empty for nobody; `sources` are those that it names."""

    sentence: str
    event: str = ""
    about: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    changes: tuple[Change, ...] = ()
    ignored: tuple[Ignored, ...] = ()
    sources: tuple[str, ...] = ()


@singledispatch
def tell(content: Any) -> Told:
    """Content of a kind that has no words of its own: its fields as they are."""
    plain = msgspec.to_builtins(content, enc_hook=str)
    fields = plain.items() if isinstance(plain, dict) else [("content", plain)]
    return Told(sentence="Would be taken.", facts=tuple((_words(name), _text(value)) for name, value in fields))


@tell.register
def _nothing(_content: None) -> Told:
    """A message that was not looked into."""
    return Told(sentence="Would be counted, and not looked into.")


@tell.register
def _activity(activity: CasinoActivity) -> Told:
    facts = [
        ("Brand", activity.brand_id),
        ("Amount", format_money(activity.amount_micros, activity.currency)),
        ("Game", f"{activity.game_name} ({activity.vendor_name})"),
        ("Round", f"{activity.round_id}{', its end' if activity.is_round_end else ''}"),
    ]
    if activity.player_country:
        facts.append(("Country", activity.player_country))
    if activity.is_timestamp_repaired:
        facts.append(("Time stamp", "repaired"))
    event = f"{activity.kind.capitalize()}{' taken back' if activity.is_rollback else ''}"
    return Told(
        sentence=_activity_sentence(activity),
        event=event,
        about=activity.player_id,
        facts=tuple(facts),
        sources=(activity.source_id,) if activity.source_id else (),
    )


def _activity_sentence(activity: CasinoActivity) -> str:
    if activity.is_rollback:
        return f"Would take back the {activity.kind} {activity.activity_id}; a contribution made stays, marked."
    if activity.kind == "win":
        return f"Would count as a win of round {activity.round_id}."
    if activity.source_id is None:
        return f"Would count as a bet of round {activity.round_id}, and contribute to nothing."
    return f"Would contribute to the source {activity.source_id} for {activity.brand_id}."


@tell.register
def _player(message: PlayerMessage) -> Told:
    facts = [("Brand", message.brand_id), ("Stream", message.topic)]
    facts += [(f"{channel} overall", _switch(is_on)) for channel, is_on in sorted((message.channels or {}).items())]
    for channel, names in sorted((message.preferences or {}).items()):
        facts += [(f"{channel} preference {name}", _switch(is_on)) for name, is_on in sorted(names.items())]
    facts += [
        (f"Tag {name}", "set" if is_set else "taken away") for name, is_set in sorted((message.tags or {}).items())
    ]
    if message.is_blocked is not None:
        facts.append(("Messages", "forbidden from now on" if message.is_blocked else "allowed again"))
    changes = tuple(Change(name, type_of(value), _text(value)) for name, value in message.attributes.items())
    ignored = tuple(Ignored(name, code, _REASONS.get(code, "")) for name, code in message.ignored)
    return Told(
        sentence=_player_sentence(message),
        event=message.event,
        about=message.identifier_value if message.identifier else "",
        facts=tuple(facts),
        changes=changes,
        ignored=ignored,
    )


def _player_sentence(message: PlayerMessage) -> str:
    if message.identifier is None:
        return f"Would be an event of {message.brand_id}; it concerns no single player."
    who = f"the player with the {_IDENTIFIERS[message.identifier]} {message.identifier_value}"
    number = len(message.attributes)
    if not number:
        return f"Would stand in the timeline of {who}; no attribute changes."
    return f"Would set {number} attribute{'' if number == 1 else 's'} of {who}."


@tell.register
def _payment(message: PaymentMessage) -> Told:
    amount = ("Amount", format_money(message.amount_micros, message.currency))
    return msgspec.structs.replace(
        tell(message.event),
        sentence=f"Would make the {message.direction} {message.payment_id} {message.step}.",
        facts=(("Brand", message.brand_id), amount, ("Vendor", message.vendor_name or message.vendor_id)),
    )


@tell.register
def _bonus(message: BonusMessage) -> Told:
    return msgspec.structs.replace(
        tell(message.event), sentence=f"Would make the bonus {message.user_bonus_id} {message.status}."
    )


def type_of(value: object) -> str:
    """The type of an attribute's value, as the data manager calls it."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, Decimal | int | float):
        return "number"
    return "datetime" if _INSTANT.fullmatch(str(value)) else "string"


def _switch(is_on: bool) -> str:  # noqa: FBT001 - a value of the message
    return "subscribed" if is_on else "unsubscribed"


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    return text if len(text) <= MOST_TEXT else f"{text[:MOST_TEXT]}…"
