"""Mutated messages of every type: one reason code, or safe to take; never an exception."""

import os
import random  # noqa: TID251 - mutations of a fixed seed, not draws
from typing import Any

import msgspec
import pytest

from backoffice.core.json import encode
from backoffice.core.money import LIMIT_MICROS, is_currency
from integrations.kinds.fasttrack.decode import MESSAGE_TYPES, FastTrackDecoder
from integrations.kinds.fasttrack.settings import read_settings
from integrations.wire.casino import CasinoActivity
from integrations.wire.decoded import Decoded, Fault
from integrations.wire.payments import BONUS_STAGES, STEP_ORDER, BonusMessage, PaymentMessage
from integrations.wire.players import PlayerMessage
from tests.contracts.fasttrack.test_decoding import MAPPING
from tests.contracts.fasttrack.test_poison import TOKENS
from tests.integrations.profiles import bonus, payment, user
from tests.integrations.support import message, raw

MUTATIONS = 200_000 if os.environ.get("POTLUCK_LONG") == "1" else 7_000
SEED = 20_261_130
SENT: dict[str, list[dict[str, Any]]] = {
    "CASINO": [message(), message(type="Loss", amount=0, wager_amount=0)],
    "PAYMENT": [payment(), payment(type="Credit", status="Rollback")],
    "BONUS": [bonus(), bonus(status="Reversed")],
    "LOGIN_V2": [user(is_impersonated=False, ip_address="127.0.0.1")],
    "USER_CREATE_V2": [user(first_name="Ann", mobile="7", mobile_prefix="+356", verified_at="2015-03-02T8:27:58Z")],
    "USER_UPDATE_V2": [user(email="ann@example.com", postal_code=1234)],
    "USER_CONSENTS_V2": [user(consents=[{"opted_in": True, "type": "email"}, {"opted_in": False, "type": "sms"}])],
    "USER_BLOCK_V2": [user(blocks=[{"active": True, "type": kind, "note": ""} for kind in ("Excluded", "Blocked")])],
}  # fmt: skip
# Where whole values stood: what a careless sender puts there.
VALUES: list[Any] = [
    None, True, False, 0, -1, 1.5, 10**30, "", " ", "x" * 300, "\0", [], {}, [[]], [None], [{}], [{"type": "email"}],
    {"a": {"b": []}}, [{"type": 1, "opted_in": "x", "active": None}], "2015-13-45T99:99:99Z", 1e-300, [1] * 60,
]  # fmt: skip


@pytest.mark.req("FTC-13", "B-19", "G-25")
def test_mutations_of_every_type_are_refused_with_a_reason_or_safe_to_take() -> None:
    assert set(SENT) == MESSAGE_TYPES
    dice = random.Random(SEED)
    decoder = FastTrackDecoder(read_settings(MAPPING))
    taken: dict[str, int] = dict.fromkeys(SENT, 0)
    types = list(SENT)
    for number in range(MUTATIONS):
        message_type = types[number % len(types)]
        reading = decoder.decode(raw(mutated(dice, dice.choice(SENT[message_type])), message_type))
        if isinstance(reading, Fault):
            assert reading.code
            assert reading.code == reading.code.upper()
            assert not reading.is_unsupported
        else:
            assert_safe(reading)
            taken[message_type] += 1
    assert all(0 < count < MUTATIONS // len(types) for count in taken.values()), taken


def mutated(dice: random.Random, body: dict[str, Any]) -> bytes:
    if dice.random() < 0.5:
        changed = dict(body)
        for _ in range(dice.randint(1, 2)):
            changed[dice.choice([*body, "meta", "consents", "blocks", "note"])] = dice.choice(VALUES)
        return msgspec.json.encode(changed)
    content = bytearray(msgspec.json.encode(body))
    for _ in range(dice.randint(1, 3)):
        at = dice.randrange(len(content) + 1)
        end = min(len(content), at + dice.choice([0, 1, 1, 2, 5, 20]))
        content[at:end] = dice.choice(TOKENS) if dice.random() < 0.5 else bytes([dice.randrange(256)])
    return bytes(content)


def assert_safe(reading: Decoded) -> None:
    content = reading.content
    assert 1 <= len(reading.key) <= 200
    assert 1 <= len(reading.variant) <= 40
    assert len(reading.digest) == 32
    told = content if isinstance(content, PlayerMessage) else getattr(content, "event", None)
    if isinstance(content, CasinoActivity | PaymentMessage | BonusMessage):
        assert is_currency(content.currency)
        assert 0 <= content.amount_micros < LIMIT_MICROS
        assert 0 <= content.base_micros < LIMIT_MICROS
    if isinstance(content, PaymentMessage):
        assert content.step in STEP_ORDER
    if isinstance(content, BonusMessage):
        assert content.status in BONUS_STAGES
    if told is not None:
        assert 1 <= len(told.identifier_value) <= 128
        # A profile's row can hold it.
        assert b"\\u0000" not in encode(told.properties)
        assert all(isinstance(value, bool) for value in (told.channels or {}).values())
        assert told.happened_at_ms > 0
