"""Model fields that Django does not have."""

import json
from typing import Any, TypeVar

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import models


def _cipher() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.FIELD_ENCRYPTION_KEYS])


def seal(plain: bytes) -> bytes:
    """Encrypt with the first of FIELD_ENCRYPTION_KEYS."""
    return _cipher().encrypt(plain)


def unseal(sealed: bytes) -> bytes:
    """Decrypt with any of FIELD_ENCRYPTION_KEYS; cryptography.fernet.InvalidToken where none fits."""
    return _cipher().decrypt(bytes(sealed))


def seal_json(value: object) -> bytes:
    """A JSON value, sealed."""
    return seal(json.dumps(value, sort_keys=True).encode())


def unseal_json(sealed: bytes) -> Any:
    """The JSON value that seal_json sealed."""
    return json.loads(unseal(sealed))


Given = TypeVar("Given")
Kept = TypeVar("Kept")


class MicrosField(models.BigIntegerField[Given, Kept]):
    """An amount in micro-units (10^-6 of a currency unit)."""


class PartsPerMillionField(models.PositiveIntegerField[Given, Kept]):
    """A share of a whole, in parts per million."""


class CurrencyField(models.CharField[Given, Kept]):
    """An ISO 4217 code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 3)
        super().__init__(*args, **kwargs)


class TransactionIdField(models.Field[int, int]):
    """PostgreSQL's xid8: which transaction wrote the row. Cursors read below the oldest running one, so that
    a row that commits late is never skipped."""

    def db_type(self, connection: Any) -> str:
        """The column's type."""
        return "xid8"

    def from_db_value(self, value: Any, *_args: Any) -> int | None:
        """The driver has no type for xid8 and hands over text."""
        return None if value is None else int(value)

    def get_prep_value(self, value: Any) -> str | None:
        """Text, which PostgreSQL casts."""
        return None if value is None else str(value)
