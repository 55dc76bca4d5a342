"""Strict decoding of GiG's messages: bytes in, what is said of a customer or one reason code out."""

from datetime import UTC
from typing import Any, Final

from backoffice.core.json import StrictJsonError, decode_strict
from integrations.kinds.gig.settings import GigSettings
from integrations.kinds.gig.tables import (
    BLOCKED,
    CONSENT,
    CONSENT_CHANNELS,
    CONSENTS,
    SELF_EXCLUDED,
    STREAM,
    TAG,
    TAGS,
    TYPES,
    attribute_name,
    bare_name,
    event_name,
)
from integrations.wire.decoded import Decoded, Fault
from integrations.wire.envelopes import Bad, Envelope, at_path, members_inside, read_envelope
from integrations.wire.identities import identity_of
from integrations.wire.players import AttributeValue, PlayerMessage
from integrations.wire.preferences import NOT_OF_ITS_TYPE, UNKNOWN_ATTRIBUTE, channel_of, read_preferences
from integrations.wire.raw import RawMessage
from integrations.wire.values import READERS, boolean_of, stripped, text_of

OTHER_TENANT: Final = "OTHER_TENANT"
IS_SET: Final = "is_set"
MOST_TAG_CHARACTERS: Final = 100
MOST_TAGS: Final = 100
Ignored = list[tuple[str, str]]


class GigDecoder:
    """Decodes the messages of one integration."""

    def __init__(self, settings: GigSettings) -> None:
        self._settings = settings
        self._paths = settings.paths
        self._topics = frozenset(settings.topics)
        tenant = settings.tenant_path.removeprefix(f"{settings.value_path}.").partition(".")[0]
        self._own = members_inside(self._paths) | {tenant, IS_SET}

    def decode(self, raw: RawMessage) -> Decoded | Fault:
        """What is said, or why it cannot be used; never an exception, whatever the bytes."""
        if raw.is_positioned and raw.topic not in self._topics:
            return Fault("UNKNOWN_TOPIC", f"The topic {raw.topic[:60]!a} is not read here.", is_unsupported=True)
        try:
            body = stripped(decode_strict(raw.body))
            if not isinstance(body, dict):
                return Fault("NOT_AN_OBJECT", "The body is no JSON object.")
            tenant = at_path(body, self._settings.tenant_path)
            is_foreign = tenant is not None and text_of(tenant) != self._settings.tenant_id.strip()
            # What is another's is not looked into, so that not even its faults are shown to anybody here.
            message = None if is_foreign else self._message(body, raw)
        except StrictJsonError as error:
            return Fault(error.code.upper(), error.detail)
        except Bad as bad:
            return bad.fault
        key, digest = identity_of(raw, body)
        return Decoded(
            key=key, variant="", digest=digest, content=message, filtered=OTHER_TENANT if is_foreign else None
        )

    def _message(self, body: dict[str, Any], raw: RawMessage) -> PlayerMessage:
        envelope = read_envelope(body, self._paths, raw)
        if not bare_name(envelope.event):
            raise Bad("INVALID_EVENT", f"{self._paths.event} is {envelope.event!a}, which can be no event's name.")
        ignored: Ignored = []
        attributes, tags = self._attributes(envelope, ignored)
        preferences, unused = read_preferences(envelope.preferences, self._paths.preferences)
        channels: dict[str, bool] = {
            channel: bool(attributes[attribute_name(name)])
            for name, channel in CONSENT_CHANNELS.items()
            if attribute_name(name) in attributes
        }
        return PlayerMessage(
            brand_id=self._settings.brand_id,
            identifier=self._settings.identifier,
            identifier_value=envelope.identifier_value,
            event=event_name(envelope.event),
            topic=STREAM,
            happened_at_ms=envelope.happened_at_ms,
            properties=envelope.value,
            attributes=attributes,
            preferences=preferences,
            channels=channels or None,
            tags=tags or None,
            is_blocked=_block_of(attributes),
            ignored=(*ignored, *unused),
            origin=raw.origin,
        )

    def _attributes(self, envelope: Envelope, ignored: Ignored) -> tuple[dict[str, AttributeValue], dict[str, bool]]:
        """What is mapped, and the tags; what is not mapped is added to what was ignored."""
        found: dict[str, AttributeValue] = {}
        tags: dict[str, bool] = {}
        for sent_name, sent in envelope.value.items():
            name = bare_name(sent_name)
            if sent_name in self._own or sent is None or sent == "":
                continue
            if name == CONSENTS:
                _consents(sent, found, ignored)
            elif name in {TAG, TAGS}:
                _tags(name, sent, envelope.value, tags, ignored)
                if isinstance(sent, list) and tags:
                    found[attribute_name(TAGS)] = ", ".join(sorted(tags))
            elif name.startswith(CONSENT) and channel_of(name.removeprefix(CONSENT)) is not None:
                _consents({name.removeprefix(CONSENT): sent}, found, ignored)
            else:
                _take(name, sent, found, ignored)
        return found, tags


def _take(name: str, sent: Any, found: dict[str, AttributeValue], ignored: Ignored) -> None:
    if name not in TYPES:
        ignored.append((name[:60], UNKNOWN_ATTRIBUTE))
        return
    read = READERS[TYPES[name]](sent, UTC)
    if read is None:
        ignored.append((name, NOT_OF_ITS_TYPE))
    else:
        found[attribute_name(name)] = read


def _consents(sent: Any, found: dict[str, AttributeValue], ignored: Ignored) -> None:
    """`{channel: true or false}`; each is an attribute too."""
    if not isinstance(sent, dict):
        ignored.append((CONSENTS, NOT_OF_ITS_TYPE))
        return
    for word, choice in sent.items():
        channel, truth = channel_of(word), boolean_of(choice)
        if channel is None:
            ignored.append((f"{CONSENT}{word[:50]}", UNKNOWN_ATTRIBUTE))
        elif truth is None:
            ignored.append((f"{CONSENT}{channel}", NOT_OF_ITS_TYPE))
        else:
            found[attribute_name(f"{CONSENT}{channel}")] = truth


def _tags(name: str, sent: Any, value: dict[str, Any], tags: dict[str, bool], ignored: Ignored) -> None:
    """One tag, set unless `is_set` says otherwise; a list of those set; or an object of true and false."""
    if isinstance(sent, str):
        truth = boolean_of(value.get(IS_SET, True))
        read: dict[Any, bool | None] = {sent: truth}
    elif isinstance(sent, list):
        read = {tag if isinstance(tag, str) else None: True for tag in sent}
    elif isinstance(sent, dict):
        read = {tag: boolean_of(choice) for tag, choice in sent.items()}
    else:
        read = {None: None}
    for tag, truth in list(read.items())[:MOST_TAGS]:
        if truth is None or not tag or len(tag) > MOST_TAG_CHARACTERS:
            ignored.append((name, NOT_OF_ITS_TYPE))
        else:
            tags[tag] = truth


def _block_of(attributes: dict[str, AttributeValue]) -> bool | None:
    """Forbidden by either; allowed again only where both are told to be off."""
    told = [attributes.get(attribute_name(name)) for name in (BLOCKED, SELF_EXCLUDED)]
    return True if True in told else False if told == [False, False] else None
