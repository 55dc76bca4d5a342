"""The short way for messages of players that are just as the tables say, which nearly all are.

What it is not sure of it leaves to the long way, which then decides; it never refuses anything itself.
"""

from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from backoffice.core.json import decode_plain
from integrations.kinds.igtl.events import EventTable, Property, block_of, words
from integrations.kinds.igtl.settings import IgtlSettings
from integrations.kinds.igtl.tables import OPT_OUT_EVENT, PREFIX, TYPES
from integrations.wire.envelopes import EARLIEST_MS, MOST_CHARACTERS, EnvelopePaths
from integrations.wire.players import AttributeValue, PlayerMessage
from integrations.wire.raw import RawMessage
from integrations.wire.values import LATEST_MS, MOST_DIGITS, SECONDS_BELOW, datetime_text

_MOST: Final = 10**MOST_DIGITS
# Four names, the event and the player: the strings of a message beside those of its value.
_STRINGS_AROUND: Final = 6
# May come beside the four; its position tells a message of Kafka apart, so that nobody looks at it.
_ID: Final = "event_id"
_Readable = tuple[str, str]


class QuickReader:
    """Reads messages with four members: event, identifier, time stamp and value; an id may come with them."""

    def __init__(self, stream: str, settings: IgtlSettings) -> None:
        paths = settings.paths
        self._stream = stream
        self._brand_id = settings.brand_id
        self._identifier = settings.identifier
        self._event, self._who, self._at, self._value = paths.event, paths.identifier, paths.timestamp, paths.value
        names = {self._event, self._who, self._at, self._value}
        is_plain = len(names) == 4 and _ID not in names and not any("." in name for name in names)
        is_able = is_plain and not _are_read_otherwise(paths)
        events = EventTable(stream, settings).literal() if is_able else {}
        self._events = {sent: (event.name, _readable(event.properties)) for sent, event in events.items()}
        excluded, restored = words(settings.excluded_statuses), words(settings.restored_statuses)
        self._block_of = lru_cache(maxsize=256)(lambda status: block_of(status, excluded, restored))

    def read(self, raw: RawMessage) -> PlayerMessage | None:
        """The message, or None where only the long way can tell."""
        plain = decode_plain(raw.body, None)
        if plain is None:
            return None
        body, string_count = plain
        try:
            event, properties = self._events[body[self._event]]
            who, at, value = body[self._who], body[self._at], body[self._value]
        except (KeyError, TypeError, IndexError):
            return None
        is_sure = type(who) is str and 0 < len(who) <= MOST_CHARACTERS and who.strip() is who
        if not (is_sure and type(at) is int and EARLIEST_MS <= at < LATEST_MS and type(value) is dict):
            return None
        strings = _STRINGS_AROUND + len(value)
        if len(body) != 4:
            if len(body) != 5 or type(body.get(_ID)) is not str:
                return None
            strings += 2
        attributes: dict[str, AttributeValue] = {}
        texts = _map(value, properties, attributes)
        # A string less than in the text is a name that came twice.
        if texts < 0 or strings + texts != string_count:
            return None
        status = attributes.get("igtl_account_status")
        return PlayerMessage(
            brand_id=self._brand_id,
            identifier=self._identifier,
            identifier_value=who,
            event=event,
            topic=self._stream,
            happened_at_ms=at,
            properties=value,
            attributes=attributes,
            is_blocked=(event == OPT_OUT_EVENT or None) if status is None else self._block_of(status),
            origin=raw.origin,
        )


def _are_read_otherwise(paths: EnvelopePaths) -> bool:
    """Whether preferences stand where something else is read here."""
    outer, _, inner = paths.preferences.partition(".")
    if outer == paths.value:
        return not inner or inner.partition(".")[0].removeprefix(PREFIX) in TYPES
    return outer in {paths.event, paths.identifier, paths.timestamp, _ID}


def _map(value: dict[str, Any], properties: dict[str, _Readable], attributes: dict[str, AttributeValue]) -> int:
    """Fill in the attributes; how many texts are among the values, or -1 where one is not surely of its type."""
    texts = 0
    for name, sent in value.items():
        known = properties.get(name)
        if known is None:
            return -1
        attribute, kind = known
        if kind == "string":
            if type(sent) is not str or not sent or sent.strip() is not sent:
                return -1
            texts += 1
            attributes[attribute] = sent
            continue
        read = _number(sent) if kind == "number" else _datetime(sent)
        if read is None:
            return -1
        attributes[attribute] = read
    return texts


def _number(sent: Any) -> Decimal | None:
    if type(sent) is Decimal:
        return sent if abs(sent.adjusted()) <= MOST_DIGITS else None
    return Decimal(sent) if type(sent) is int and -_MOST < sent < _MOST else None


def _datetime(sent: Any) -> str | None:
    return datetime_text(sent) if type(sent) is int and SECONDS_BELOW <= sent < LATEST_MS else None


def _readable(properties: dict[str, Property]) -> dict[str, _Readable]:
    return {name: (known.attribute, known.type) for name, known in properties.items()}
