"""Frames on their way from the ticker to the sockets: who may see it, what it replaces, and the encoded text."""

from dataclasses import dataclass

CHANNEL = "potluck:ticker"
LEADER_KEY = "potluck:ticker:leader"
SEQUENCE_KEY = "potluck:ticker:sequence"


@dataclass(frozen=True, slots=True)
class Frame:
    """An encoded message. `key` names what it is the latest of; an empty key means that none may be left out.

    `brand_ids` are the brands that the instance is open to: a viewer limited to brands sees it if one is theirs.
    """

    operator_id: str
    brand_ids: frozenset[str]
    key: str
    text: str

    def packed(self) -> bytes:
        """As it goes over Redis."""
        return "\n".join((self.operator_id, ",".join(sorted(self.brand_ids)), self.key, self.text)).encode()

    @classmethod
    def unpacked(cls, packed: bytes) -> "Frame":
        """What packed() made."""
        operator_id, brands, key, text = packed.decode().split("\n", 3)
        return cls(operator_id, frozenset(brand for brand in brands.split(",") if brand), key, text)
