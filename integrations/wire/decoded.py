"""What a kind makes of a raw message: content to take, a reason not to take it, or a fault."""

from typing import Any

import msgspec


class Decoded(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A message that was understood.

    `key` and `variant` are its identity in the integration, `digest` the SHA-256 of its normalised content: the same
    identity with another digest is a conflict. They may be empty where the raw message is positioned. `filtered` is the
    code of why it is counted and not taken, if it is. `content` goes to the effect that the kind names; it may be None
    where the message is not taken.
    """

    key: str
    variant: str
    digest: bytes
    content: Any
    filtered: str | None = None


class Fault(msgspec.Struct, frozen=True, gc=False):
    """Why a message becomes a dead letter: one reason code, a sentence for people, the field at fault by its path where
    the kind tells it."""

    code: str
    detail: str = ""
    is_unsupported: bool = False
    field: str = ""


class SettingsError(ValueError):
    """Settings that cannot be submitted; `field` names the one at fault."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message
