"""The shape of an event about a player where no document shows one: paths say where its parts are (rule B-20)."""

import re
from datetime import UTC, tzinfo
from decimal import Decimal
from typing import Annotated, Any, Final

import msgspec

from integrations.wire.decoded import Fault
from integrations.wire.players import Identifier
from integrations.wire.raw import RawMessage
from integrations.wire.values import instant_ms_of

Path = Annotated[str, msgspec.Meta(pattern=r"^[^.\s]{1,60}(\.[^.\s]{1,60}){0,4}$")]
OptionalPath = Annotated[str, msgspec.Meta(pattern=r"^([^.\s]{1,60}(\.[^.\s]{1,60}){0,4})?$")]
EARLIEST_MS: Final = 946_684_800_000
MOST_CHARACTERS: Final = 128
MOST_MEMBERS: Final = 200
_EVENT: Final = re.compile(r"[^\W_][\w .:/-]{0,98}", re.ASCII)


class Bad(Exception):  # noqa: N818 - carried to the one place that answers with it
    """A message that cannot be used, and why."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.fault = Fault(code, detail)


class EnvelopePaths(msgspec.Struct, frozen=True, kw_only=True):
    """Where the parts are, with a dot between members. `value` names an object, and so does `preferences`."""

    event: str = "event"
    identifier: str = "player_id"
    timestamp: str = "timestamp"
    value: str = "value"
    preferences: str = "preferences"


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of a message: `event` as it was sent, `preferences` before anybody looked inside."""

    event: str
    identifier_value: str
    happened_at_ms: int
    value: dict[str, Any]
    preferences: Any


def read_envelope(
    body: dict[str, Any], paths: EnvelopePaths, raw: RawMessage, *, event: str = "", zone: tzinfo = UTC
) -> Envelope:
    """The parts of a stripped body. Bad names the one at fault; with `event` none needs to be sent.

    Where no time stamp was sent the broker's own counts; where no value was sent there is nothing in it.
    """
    value = at_path(body, paths.value)
    if value is not None and not isinstance(value, dict):
        raise Bad("WRONG_TYPE", f"{paths.value} must be an object.")
    if value is not None and len(value) > MOST_MEMBERS:
        raise Bad("TOO_LONG", f"{paths.value} has {len(value)} members, at most {MOST_MEMBERS}.")
    return Envelope(
        event=event or _event(at_path(body, paths.event), paths.event),
        identifier_value=_identifier(at_path(body, paths.identifier), paths.identifier),
        happened_at_ms=happened_at_ms(at_path(body, paths.timestamp), paths.timestamp, raw, zone),
        value=value or {},
        preferences=at_path(body, paths.preferences),
    )


def at_path(body: Any, path: str) -> Any:
    """What stands there, or None."""
    for name in path.split("."):
        if not isinstance(body, dict):
            return None
        body = body.get(name)
    return body


def put_at(body: dict[str, Any], path: str, value: Any) -> None:
    """Puts it there; an object that meets another there keeps the members of both."""
    *parents, last = path.split(".")
    for name in parents:
        body = body.setdefault(name, {})
    former = body.get(last)
    body[last] = value | former if isinstance(value, dict) and isinstance(former, dict) else value


def happened_at_ms(value: Any, name: str, raw: RawMessage, zone: tzinfo = UTC) -> int:
    """The instant that was sent, or else the broker's own. Bad where there is neither, or it is no instant."""
    if value is None:
        if raw.sent_at_ms is None:
            raise Bad("MISSING_FIELD", f"{name} is missing, and the broker tells no time.")
        return raw.sent_at_ms
    ms = instant_ms_of(value, zone)
    if ms is None or ms < EARLIEST_MS:
        raise Bad("INVALID_TIMESTAMP", f"{name} is no instant of the years 2000 to 2099.")
    return ms


def identifier_path(path: str, identifier: Identifier) -> str:
    """The path as it was set, or the identifier's own name."""
    return path or identifier


def _event(value: Any, name: str) -> str:
    if value is None or value == "":
        raise Bad("MISSING_FIELD", f"{name} is missing.")
    if not isinstance(value, str):
        raise Bad("WRONG_TYPE", f"{name} must be a string.")
    if not _EVENT.fullmatch(value):
        raise Bad("INVALID_EVENT", f"{name} is {value[:40]!a}, which can be no event's name.")
    return value


def _identifier(value: Any, name: str) -> str:
    if isinstance(value, Decimal) and value == value.to_integral_value() and 0 <= value.adjusted() <= 40:
        value = f"{value:f}".partition(".")[0]
    if value is None or value == "":
        raise Bad("MISSING_FIELD", f"{name} is missing.")
    if not isinstance(value, str):
        raise Bad("WRONG_TYPE", f"{name} must be a string or a whole number.")
    if len(value) > MOST_CHARACTERS:
        raise Bad("TOO_LONG", f"{name} has {len(value)} characters, at most {MOST_CHARACTERS}.")
    return value


def members_inside(paths: EnvelopePaths) -> frozenset[str]:
    """Members of the value that are parts of the message themselves, where a path leads into it."""
    prefix = f"{paths.value}."
    others = (paths.event, paths.identifier, paths.timestamp, paths.preferences)
    return frozenset(path.removeprefix(prefix).partition(".")[0] for path in others if path.startswith(prefix))
