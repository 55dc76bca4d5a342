"""A message of the club: `{"what", "member", "at", "points", "newsletter"}`."""

from typing import Any, Final

from backoffice.core.json import StrictJsonError, decode_strict
from integrations.wire.decoded import Decoded, Fault
from integrations.wire.envelopes import Bad, EnvelopePaths, read_envelope
from integrations.wire.identities import identity_of
from integrations.wire.players import AttributeValue, PlayerMessage
from integrations.wire.preferences import NOT_OF_ITS_TYPE
from integrations.wire.raw import RawMessage
from integrations.wire.values import boolean_of, number_of, stripped
from tests.kinds.club.settings import ClubSettings

STREAM: Final = "Club"
EVENTS: Final = {"joined": "club_member_joined", "visited": "club_member_visited"}
PATHS: Final = EnvelopePaths(event="what", identifier="member", timestamp="at")


class ClubDecoder:
    """Reads the messages of one integration."""

    def __init__(self, settings: ClubSettings) -> None:
        self._settings = settings

    def decode(self, raw: RawMessage) -> Decoded | Fault:
        """What the message says, or one reason why it cannot be used; never an exception."""
        try:
            body = stripped(decode_strict(raw.body))
            if not isinstance(body, dict):
                return Fault("NOT_AN_OBJECT", "The body is no JSON object.")
            message = self._message(body, raw)
        except StrictJsonError as error:
            return Fault(error.code.upper(), error.detail)
        except Bad as bad:
            return bad.fault
        key, digest = identity_of(raw, body)
        return Decoded(key=key, variant="", digest=digest, content=message)

    def _message(self, body: dict[str, Any], raw: RawMessage) -> PlayerMessage:
        envelope = read_envelope(body, PATHS, raw)
        event = EVENTS.get(envelope.event)
        if event is None:
            raise Bad("UNKNOWN_EVENT", f"There is no event {envelope.event!a}.")
        attributes: dict[str, AttributeValue] = {}
        points, newsletter = number_of(body.get("points")), boolean_of(body.get("newsletter"))
        if points is not None:
            attributes["club_points"] = points
        return PlayerMessage(
            brand_id=self._settings.brand_id,
            identifier="player_id",
            identifier_value=envelope.identifier_value,
            event=event,
            topic=STREAM,
            happened_at_ms=envelope.happened_at_ms,
            properties=body,
            attributes=attributes,
            channels=None if newsletter is None else {"email": newsletter},
            ignored=(("points", NOT_OF_ITS_TYPE),) if points is None and body.get("points") is not None else (),
            origin=raw.origin,
        )
