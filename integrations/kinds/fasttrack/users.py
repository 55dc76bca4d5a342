"""LOGIN_V2 and the messages of users: slim by design, with whatever else was sent along mapped."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from integrations.kinds.fasttrack import names
from integrations.kinds.fasttrack.fields import Bad, Body, boolean, choice, digest_of_content, epoch_ms, required
from integrations.kinds.fasttrack.mapped import Mapped
from integrations.wire.decoded import Decoded
from integrations.wire.players import AttributeValue, Channel, PlayerMessage
from integrations.wire.timestamps import parse_timestamp

MAX_LISTED: Final = 50
MAX_VALUE: Final = 2_000

# The documentation of the consents writes one of them in two ways.
CHANNELS: Final[Mapping[str, Channel]] = {
    "email": "email",
    "sms": "sms",
    "telephone": "telephone",
    "postMail": "post",
    "siteNotification": "on_site",
    "siteNotifiction": "on_site",
    "pushNotification": "push",
}
_BLOCKS: Final = {"Excluded": names.IS_EXCLUDED, "Blocked": names.IS_BLOCKED}
# Every message of a user has these; they are no attributes.
_ENVELOPE: Final = frozenset(
    {"user_id", "timestamp", "origin", "note", "ip_address", "user_agent", "url_referer", "is_impersonated"}
    | {"consents", "blocks", "mobile_prefix", "meta"}
)


def read_user(message_type: str, body: Body, mapped: Mapped, origin: str) -> Decoded:
    """What the message says of the player; Bad where it says nothing that can be used.

    It has no id of its own: its content is its identity.
    """
    event = names.USER_EVENTS[message_type]
    brand_id, _ = mapped.brand(body)
    player_id = mapped.player(body)
    happened_at, _ = mapped.instant(body)
    attributes, ignored = _attributes(body) if event in names.WITH_FIELDS else ({}, ())
    channels = _channels(body) if event == names.CONSENTS else None
    is_blocked = None
    if event == names.BLOCK:
        is_blocked, attributes = _blocks(body)
    if event == names.LOGIN and body.get("is_impersonated") is not None:
        boolean(body, "is_impersonated")
    digest = digest_of_content(body)
    message = PlayerMessage(
        brand_id=brand_id,
        identifier="player_id",
        identifier_value=player_id,
        event=event,
        topic=message_type,
        happened_at_ms=epoch_ms(happened_at),
        properties=body,
        attributes=attributes,
        channels=channels,
        is_blocked=is_blocked,
        ignored=ignored,
        origin=origin,
    )
    return Decoded(key=f"{message_type}:{digest.hex()}", variant="user", digest=digest, content=message)


def _attributes(body: Body) -> tuple[dict[str, AttributeValue], tuple[tuple[str, str], ...]]:
    found: dict[str, AttributeValue] = {}
    ignored = []
    for name, value in body.items():
        if name in _ENVELOPE or value is None or value == "":
            continue
        if name not in names.USER_FIELDS:
            ignored.append((name[:60], "UNKNOWN_ATTRIBUTE"))
            continue
        attribute, kind = names.USER_FIELDS[name]
        typed = _typed(value, kind)
        if typed is None:
            ignored.append((name, "NOT_OF_ITS_TYPE"))
        else:
            found[attribute] = typed
    prefix = body.get("mobile_prefix")
    if isinstance(prefix, str) and "mobile" in body and "mobile_number" in found:
        found["mobile_number"] = f"{prefix.strip()}{found['mobile_number']}"
    return found, tuple(ignored[:MAX_LISTED])


def _typed(value: Any, kind: str) -> AttributeValue | None:
    """The value as its type is kept, or None."""
    if kind == "boolean":
        return value if isinstance(value, bool) else None
    if kind == "string" and isinstance(value, Decimal):
        return f"{value:f}" if abs(value.adjusted()) <= 40 else None
    if not isinstance(value, str) or len(value) > MAX_VALUE:
        return None
    if kind == "datetime":
        try:
            return names.instant_text(parse_timestamp(value.strip(), is_strict=False)[0])
        except ValueError:
            return None
    return value.strip() or None


def _listed(body: Body, name: str) -> list[Body]:
    """The objects of the list, if it was sent."""
    listed = body.get(name)
    if listed is None:
        return []
    if not isinstance(listed, list) or not all(isinstance(line, dict) for line in listed):
        raise Bad("WRONG_TYPE", f"{name} must be a list of objects.")
    if len(listed) > MAX_LISTED:
        raise Bad("TOO_LONG", f"{name} has {len(listed)} members, at most {MAX_LISTED}.")
    return listed


def _said(body: Body, name: str, flag: str, known: Mapping[str, str]) -> dict[str, bool]:
    """What is said by type. One word of the partner's in the wrong case must not be overlooked: it is a fault."""
    said: dict[str, bool] = {}
    for line in _listed(body, name):
        required(line, "type")
        kind = choice(line, "type", known, "UNKNOWN_TYPE")
        value = boolean(line, flag)
        if said.setdefault(kind, value) is not value:
            raise Bad("CONTRADICTION", f"{name} says {line['type']!a} both ways.")
    return said


def _channels(body: Body) -> dict[str, bool] | None:
    return _said(body, "consents", "opted_in", CHANNELS) or None


def _blocks(body: Body) -> tuple[bool | None, dict[str, AttributeValue]]:
    """Any block in force blocks. Only a message that tells of both kinds lifts it: the other may be in force."""
    said = _said(body, "blocks", "active", _BLOCKS)
    attributes: dict[str, AttributeValue] = dict(said)
    if any(said.values()):
        return True, attributes
    return (False if len(said) == len(_BLOCKS) else None), attributes
