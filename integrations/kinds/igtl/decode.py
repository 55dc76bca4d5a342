"""Strict decoding of IGT Lottery's messages: bytes in, what is said of a player or one reason code out."""

from collections.abc import Iterable
from typing import Any, Final
from zoneinfo import ZoneInfo

from backoffice.core.json import StrictJsonError, decode_strict
from integrations.kinds.igtl.edraw import read_edraw
from integrations.kinds.igtl.events import EventTable, Property, block_of, words
from integrations.kinds.igtl.quick import QuickReader
from integrations.kinds.igtl.settings import IgtlSettings
from integrations.kinds.igtl.tables import (
    COMMAND,
    EDRAW,
    EVENTS,
    LINK,
    OPT_OUT_EVENT,
    PDP,
    PDP_EVENTS,
    PREFERENCES,
    PREFIX,
    SECOND_CHANCE,
    SECOND_CHANCE_EVENT,
    STATUS,
    attribute_name,
)
from integrations.wire.decoded import Decoded, Fault
from integrations.wire.envelopes import Bad, members_inside, read_envelope
from integrations.wire.identities import identity_of
from integrations.wire.players import AttributeValue, PlayerMessage
from integrations.wire.preferences import NOT_OF_ITS_TYPE, UNKNOWN_ATTRIBUTE, read_preferences
from integrations.wire.raw import RawMessage
from integrations.wire.values import READERS, stripped, text_of

KEY_COLLISION: Final = "KEY_COLLISION"
MAX_EDRAW_BYTES: Final = 262_144
MAX_TOKEN_CHARACTERS: Final = 2_048
Ignored = list[tuple[str, str]]
_OF_PDP: Final = frozenset(name for names in PDP_EVENTS.values() for name in names)


class IgtlDecoder:
    """Decodes the messages of one integration; keeps its tables ready for look-up."""

    def __init__(self, settings: IgtlSettings) -> None:
        self._settings = settings
        self._paths = settings.paths
        self._zone = ZoneInfo(settings.time_zone)
        self._streams = {topic.name: topic.stream for topic in settings.topics}
        self._tables = {stream: EventTable(stream, settings) for stream in EVENTS}
        self._quick = {
            name: QuickReader(stream, settings) for name, stream in self._streams.items() if stream in EVENTS
        }
        self._excluded, self._restored = words(settings.excluded_statuses), words(settings.restored_statuses)
        self._own = members_inside(self._paths) | {PREFERENCES}

    def decode(self, raw: RawMessage) -> Decoded | Fault:
        """What is said, or why it cannot be used; never an exception, whatever the bytes."""
        if raw.is_positioned:
            quick = self._quick.get(raw.topic)
            message = quick.read(raw) if quick is not None else None
            if message is not None:
                return Decoded(key="", variant="", digest=b"", content=message)
        try:
            return self._decoded(raw)
        except StrictJsonError as error:
            return Fault(error.code.upper(), error.detail)
        except Bad as bad:
            return bad.fault

    def _decoded(self, raw: RawMessage) -> Decoded | Fault:
        named = self._streams.get(raw.topic)
        if named is None and raw.is_positioned:
            return Fault("UNKNOWN_TOPIC", f"The topic {raw.topic[:60]!a} is not read here.", is_unsupported=True)
        collisions: list[str] = []
        limit = {} if named in EVENTS or named == SECOND_CHANCE else {"max_bytes": MAX_EDRAW_BYTES}
        body = stripped(decode_strict(raw.body, collisions=collisions, **limit))
        if not isinstance(body, dict):
            return Fault("NOT_AN_OBJECT", "The body is no JSON object.")
        stream = named or self._guessed(raw, body)
        ignored = [(name[:60], KEY_COLLISION) for name in collisions]
        if stream == EDRAW:
            message = read_edraw(body, raw, self._settings.brand_id, self._zone, ignored)
        elif stream == SECOND_CHANCE:
            message = self._second_chance(body, raw, ignored)
        elif stream is not None:
            message = self._of_player(body, raw, stream, ignored)
        else:
            return Fault("UNKNOWN_TOPIC", "It belongs to no stream that is read here.", is_unsupported=True)
        key, digest = identity_of(raw, body)
        return Decoded(key=key, variant=stream if key else "", digest=digest, content=message)

    def _guessed(self, raw: RawMessage, body: dict[str, Any]) -> str | None:
        """The stream of a message that came without its topic, as one that was typed or pushed does."""
        streams = set(self._streams.values())
        if raw.type in streams:
            return raw.type
        value = body.get(self._settings.value_path)
        names = set(value) if isinstance(value, dict) else set()
        if "drawSummaries" in body:
            return EDRAW
        if {LINK, attribute_name(LINK)} & (names | set(body)):
            return SECOND_CHANCE
        stream = PDP if names & _OF_PDP else COMMAND
        return stream if stream in streams else None

    def _second_chance(self, body: dict[str, Any], raw: RawMessage, ignored: Ignored) -> PlayerMessage:
        envelope = read_envelope(body, self._paths, raw, event=SECOND_CHANCE_EVENT, zone=self._zone)
        value = envelope.value or {LINK: body.get(LINK)}
        names = (LINK, attribute_name(LINK))
        sent = next((value[name] for name in names if value.get(name) not in (None, "")), None)
        if sent is None:
            raise Bad("MISSING_FIELD", f"{LINK} is missing.")
        token = text_of(sent)
        if token is None:
            raise Bad("WRONG_TYPE", f"{LINK} must be a string.")
        if len(token) > MAX_TOKEN_CHARACTERS:
            raise Bad("TOO_LONG", f"{LINK} has {len(token)} characters, at most {MAX_TOKEN_CHARACTERS}.")
        others = [(name[:60], UNKNOWN_ATTRIBUTE) for name in value if name not in names and name not in self._own]
        return PlayerMessage(
            brand_id=self._settings.brand_id,
            identifier=self._settings.identifier,
            identifier_value=envelope.identifier_value,
            event=SECOND_CHANCE_EVENT,
            topic=SECOND_CHANCE,
            happened_at_ms=envelope.happened_at_ms,
            properties=value,
            attributes={attribute_name(LINK): token},
            ignored=(*ignored, *others),
            origin=raw.origin,
        )

    def _of_player(self, body: dict[str, Any], raw: RawMessage, stream: str, ignored: Ignored) -> PlayerMessage:
        envelope = read_envelope(body, self._paths, raw, zone=self._zone)
        event = self._tables[stream].find(envelope.event)
        attributes = self._attributes(envelope.value, event.properties, ignored)
        sent, name = envelope.preferences, self._paths.preferences
        if sent is None:
            sent, name = envelope.value.get(PREFERENCES), PREFERENCES
        preferences, unused = read_preferences(sent, name)
        is_blocked = self._block(envelope.value, attributes)
        return PlayerMessage(
            brand_id=self._settings.brand_id,
            identifier=self._settings.identifier,
            identifier_value=envelope.identifier_value,
            event=event.name,
            topic=stream,
            happened_at_ms=envelope.happened_at_ms,
            properties=envelope.value,
            attributes=attributes,
            preferences=preferences,
            is_blocked=True if event.name == OPT_OUT_EVENT else is_blocked,
            ignored=(*ignored, *unused),
            origin=raw.origin,
        )

    def _block(self, value: dict[str, Any], attributes: dict[str, AttributeValue]) -> bool | None:
        """What the account's status says of messages. One that forbids them does so in whatever event it stands."""
        status = attributes.get(attribute_name(STATUS))
        if isinstance(status, str):
            return block_of(status, self._excluded, self._restored)
        unlisted = (text_of(value.get(name)) for name in (STATUS, attribute_name(STATUS)) if name not in self._own)
        return any(block_of(text, self._excluded, ()) for text in unlisted if text is not None) or None

    def _attributes(
        self, value: dict[str, Any], properties: dict[str, Property], ignored: Ignored
    ) -> dict[str, AttributeValue]:
        """What is mapped; what is not is added to what was ignored. Null and empty say nothing."""
        found: dict[str, AttributeValue] = {}
        for name, sent in _said(value.items(), self._own):
            known = properties.get(name) or properties.get(name.removeprefix(PREFIX))
            if known is None:
                ignored.append((name[:60], UNKNOWN_ATTRIBUTE))
                continue
            read = READERS[known.type](sent, self._zone)
            if read is None:
                ignored.append((name[:60], NOT_OF_ITS_TYPE))
            else:
                found[known.attribute] = read
        return found


def _said(members: Iterable[tuple[str, Any]], apart: frozenset[str]) -> Iterable[tuple[str, Any]]:
    return ((name, sent) for name, sent in members if name not in apart and sent is not None and sent != "")
