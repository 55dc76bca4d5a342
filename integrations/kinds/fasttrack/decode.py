"""Strict decoding of a Fast Track message: bytes in, what it says or one reason code out."""

from typing import Final

from backoffice.core.json import StrictJsonError, decode_strict
from integrations.kinds.fasttrack import names
from integrations.kinds.fasttrack.casino import read_casino
from integrations.kinds.fasttrack.fields import Bad, Body
from integrations.kinds.fasttrack.mapped import Mapped
from integrations.kinds.fasttrack.payments import read_bonus, read_payment
from integrations.kinds.fasttrack.settings import FastTrackSettings
from integrations.kinds.fasttrack.users import read_user
from integrations.wire.decoded import Decoded, Fault
from integrations.wire.raw import RawMessage

MESSAGE_TYPE: Final = "CASINO"
MESSAGE_TYPES: Final = frozenset({MESSAGE_TYPE, "PAYMENT", "BONUS", *names.USER_EVENTS})
_READERS: Final = {"PAYMENT": read_payment, "BONUS": read_bonus}


class FastTrackDecoder:
    """Decodes the messages of one integration."""

    def __init__(self, settings: FastTrackSettings) -> None:
        self._mapped = Mapped(settings)

    def decode(self, raw: RawMessage) -> Decoded | Fault:
        """What the message says, or why it cannot be used; never an exception, whatever the bytes."""
        if raw.type is None:
            return Fault("TYPE_MISSING", "The property `type` is not set.")
        if raw.type not in MESSAGE_TYPES:
            return Fault("UNSUPPORTED_TYPE", f"The type {raw.type[:60]!a} is not read here.", is_unsupported=True)
        try:
            body = decode_strict(raw.body)
            if not isinstance(body, dict):
                return Fault("NOT_AN_OBJECT", "The body is no JSON object.")
            return self._decoded(raw, raw.type, body)
        except StrictJsonError as error:
            return Fault(error.code.upper(), error.detail)
        except Bad as bad:
            return bad.fault

    def _decoded(self, raw: RawMessage, message_type: str, body: Body) -> Decoded:
        if message_type == MESSAGE_TYPE:
            return read_casino(body, self._mapped)
        reader = _READERS.get(message_type)
        if reader is not None:
            return reader(body, self._mapped, raw.origin)
        return read_user(message_type, body, self._mapped, raw.origin)
