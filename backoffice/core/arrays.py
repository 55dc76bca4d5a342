"""Arrays of thousands of elements in PostgreSQL's binary form, made without a look at each element's type."""

from collections.abc import Sequence
from struct import Struct, pack
from typing import ClassVar, Final

from psycopg.abc import AdaptContext
from psycopg.adapt import Dumper
from psycopg.pq import Format

# PostgreSQL counts from the year 2000.
EPOCH_MS: Final = 946_684_800_000
_LENGTH: Final = Struct(">i")
_EIGHT: Final = Struct(">iq")


class BinaryArray:
    """An array that is ready to be sent: a parameter of backoffice.core.bulk.run_bulk, without a cast.

    `oid` and `element_oid` are what PostgreSQL's own catalogue calls the types of the array and of its elements.
    """

    oid: ClassVar[int]
    element_oid: ClassVar[int]

    def __init__(self, size: int, elements: bytes) -> None:
        self.data = pack(">iiiii", 1, 0, self.element_oid, size, 1) + elements


class TextArray(BinaryArray):
    """text[]"""

    oid, element_oid = 1009, 25


class ByteaArray(BinaryArray):
    """bytea[]"""

    oid, element_oid = 1001, 17


class IntegerArray(BinaryArray):
    """bigint[]"""

    oid, element_oid = 1016, 20


class InstantArray(BinaryArray):
    """timestamptz[]"""

    oid, element_oid = 1185, 1184


class BinaryArrayDumper(Dumper):
    """Hands an array over as it is."""

    format = Format.BINARY

    def __init__(self, cls: type[BinaryArray], context: AdaptContext | None = None) -> None:
        super().__init__(cls, context)
        self.oid = cls.oid

    def dump(self, obj: BinaryArray) -> bytes:
        """The bytes that were made."""
        return obj.data


ARRAYS: Final = (TextArray, ByteaArray, IntegerArray, InstantArray)


def texts(elements: Sequence[bytes]) -> BinaryArray:
    """Of texts in UTF-8."""
    return TextArray(len(elements), _joined(elements))


def byteas(elements: Sequence[bytes]) -> BinaryArray:
    """Of bytes."""
    return ByteaArray(len(elements), _joined(elements))


def integers(numbers: Sequence[int]) -> BinaryArray:
    """Of integers of 64 bits."""
    pack_one = _EIGHT.pack
    return IntegerArray(len(numbers), b"".join([pack_one(8, number) for number in numbers]))


def instants(epoch_ms: Sequence[int]) -> BinaryArray:
    """Of instants in epoch milliseconds."""
    pack_one = _EIGHT.pack
    elements = b"".join([pack_one(8, (instant - EPOCH_MS) * 1_000) for instant in epoch_ms])
    return InstantArray(len(epoch_ms), elements)


def _joined(elements: Sequence[bytes]) -> bytes:
    length = _LENGTH.pack
    return b"".join([part for element in elements for part in (length(len(element)), element)])
