"""The arming of a pot from outside, as it is sent."""

from typing import Annotated, Final

import msgspec
from msgspec import Meta

from backoffice.core.errors import Refusal
from jackpots.wire.contribution import Name, refusal_of_decoding


class SentTrigger(msgspec.Struct, kw_only=True):
    """Which act this is, so that it happens once; and why."""

    trigger_id: Name
    reason: Annotated[str, Meta(max_length=300)] = ""


_decoder: Final = msgspec.json.Decoder(SentTrigger)


def decode_trigger(body: bytes) -> SentTrigger:
    """The trigger in a body of JSON. Refusal(INVALID_REQUEST) with the field."""
    try:
        sent = _decoder.decode(body)
    except (ValueError, RecursionError) as error:
        raise refusal_of_decoding(error) from None
    if "\0" in sent.trigger_id + sent.reason:
        raise Refusal("INVALID_REQUEST", "The text holds a NUL character.", "trigger_id")
    return sent
