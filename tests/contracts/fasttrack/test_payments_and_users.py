"""PAYMENT, BONUS, LOGIN_V2 and the messages of users.

Documented in public are: the members of PAYMENT and BONUS with their samples, statuses and what a rollback takes back;
the members of LOGIN_V2; that messages of users name the player, the instant and the origin and nothing else; the types
of consents and blocks, with the lists in which they are answered when asked for. Our own reading is: which members may
be absent, that lists and fields of users may be sent along in the message in the form of those answers, USER_UPDATE_V2
being like USER_CREATE_V2, and that a bonus is told from another by user_bonus_id.
"""

from typing import Any

import pytest

from integrations.kinds.fasttrack.decode import FastTrackDecoder
from integrations.kinds.fasttrack.settings import read_settings
from integrations.wire.decoded import Decoded, Fault
from integrations.wire.payments import BONUS_STAGES, BonusMessage, PaymentMessage
from integrations.wire.players import PlayerMessage
from tests.contracts.fasttrack.test_decoding import MAPPING, decoded
from tests.integrations.profiles import bonus, payment, user
from tests.integrations.support import message, raw

PAYMENT_REQUIRED = (
    "amount", "currency", "exchange_rate", "origin", "payment_id", "status", "timestamp", "type", "user_id",
)  # fmt: skip
PAYMENT_OPTIONAL = ("bonus_code", "fee_amount", "note", "vendor_id", "vendor_name")
BONUS_REQUIRED = (
    "amount", "bonus_id", "currency", "exchange_rate", "origin", "status", "timestamp", "user_bonus_id", "user_id",
)  # fmt: skip
BONUS_OPTIONAL = (
    "bonus_code", "bonus_turned_real", "fasttrack_references", "locked_amount", "meta", "product",
    "required_wagering_amount", "type",
)  # fmt: skip


def reading(message_type: str, body: dict[str, Any], **changes: Any) -> Decoded | Fault:
    return FastTrackDecoder(read_settings(MAPPING | changes)).decode(raw(body, message_type))


def taken(message_type: str, body: dict[str, Any], **changes: Any) -> Any:
    found = reading(message_type, body, **changes)
    assert isinstance(found, Decoded), found
    return found.content


def fault(message_type: str, body: dict[str, Any], **changes: Any) -> str:
    found = reading(message_type, body, **changes)
    assert isinstance(found, Fault), found
    assert not found.is_unsupported
    return found.code


def without(body: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key != name}


@pytest.mark.req("FTC-13", "B-18")
def test_the_documented_payment() -> None:
    told: PaymentMessage = taken("PAYMENT", payment())
    assert (told.payment_id, told.direction, told.step, told.brand_id) == (
        "23541", "withdrawal", "approved", "thrilltech:brand1",
    )  # fmt: skip
    assert (told.currency, told.amount_micros, told.fee_micros) == ("USD", 32_760_000, 2_340_000)
    assert told.base_micros == 29_811_600, "32.76 USD at 0.91, to the micro"
    assert (told.vendor_id, told.vendor_name, told.bonus_code) == ("562", "Skrill", "CHRISTMAS2023")
    assert (told.event.event, told.event.topic, told.event.identifier_value) == ("ft_payment", "PAYMENT", "52530")
    assert told.event.happened_at_ms == 1_425_284_878_721
    assert taken("PAYMENT", payment(type="Credit", vendor_id=562)).direction == "deposit"


@pytest.mark.req("FTC-13")
@pytest.mark.parametrize("name", PAYMENT_REQUIRED)
def test_what_a_payment_needs(name: str) -> None:
    assert fault("PAYMENT", without(payment(), name)) == "MISSING_FIELD"


@pytest.mark.parametrize("name", PAYMENT_OPTIONAL)
def test_what_a_payment_may_lack(name: str) -> None:
    assert taken("PAYMENT", without(payment(), name)).amount_micros == 32_760_000


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"type": "credit"}, "UNKNOWN_TYPE"),
        ({"status": "Done"}, "UNKNOWN_STATUS"),
        ({"currency": "XXX"}, "UNKNOWN_CURRENCY"),
        ({"amount": -1}, "INVALID_AMOUNT"),
        ({"amount": 1.0000001}, "INVALID_AMOUNT"),
        ({"amount": "32.76"}, "WRONG_TYPE"),
        ({"exchange_rate": 0}, "INVALID_AMOUNT"),
        ({"vendor_id": []}, "WRONG_TYPE"),
        ({"vendor_name": {"a": 1}}, "WRONG_TYPE"),
        ({"origin": "elsewhere.example.com"}, "UNMAPPED_ORIGIN"),
        ({"timestamp": "yesterday"}, "INVALID_TIMESTAMP"),
        ({"payment_id": "p" * 129}, "TOO_LONG"),
    ],
)
def test_what_is_wrong_with_a_payment(changes: dict[str, Any], code: str) -> None:
    assert fault("PAYMENT", payment(**changes)) == code


@pytest.mark.req("FTC-13")
def test_the_documented_bonus() -> None:
    told: BonusMessage = taken("BONUS", bonus())
    assert (told.user_bonus_id, told.bonus_id, told.status, told.bonus_type) == (
        "863512", "9821", "Created", "WelcomeBonus",
    )  # fmt: skip
    assert (told.amount_micros, told.base_micros, told.turned_real_micros) == (10_300_000, 1_030_000, 0)
    assert told.happened_at.isoformat() == "2015-03-02T02:27:58.721607+00:00"
    assert told.event.properties["fasttrack_references"]["id"] == "ABC123"
    assert [taken("BONUS", bonus(status=status)).status for status in BONUS_STAGES] == list(BONUS_STAGES)


@pytest.mark.parametrize("name", BONUS_REQUIRED)
def test_what_a_bonus_needs(name: str) -> None:
    assert fault("BONUS", without(bonus(), name)) == "MISSING_FIELD"


@pytest.mark.parametrize("name", BONUS_OPTIONAL)
def test_what_a_bonus_may_lack(name: str) -> None:
    assert taken("BONUS", without(bonus(), name)).amount_micros == 10_300_000


def test_what_is_wrong_with_a_bonus() -> None:
    assert fault("BONUS", bonus(status="completed")) == "UNKNOWN_STATUS"
    assert fault("BONUS", bonus(fasttrack_references={"id": []})) == "WRONG_TYPE"
    assert fault("BONUS", bonus(locked_amount="2")) == "WRONG_TYPE"


@pytest.mark.req("FTC-13")
def test_a_login() -> None:
    told: PlayerMessage = taken("LOGIN_V2", user(is_impersonated=True, ip_address="", user_agent="Mozilla/5.0"))
    assert (told.event, told.topic, told.identifier, told.identifier_value) == (
        "ft_login", "LOGIN_V2", "player_id", "52530",
    )  # fmt: skip
    assert (told.attributes, told.channels, told.is_blocked) == ({}, None, None)
    assert told.properties["user_agent"] == "Mozilla/5.0"
    assert fault("LOGIN_V2", user(is_impersonated="yes")) == "WRONG_TYPE"
    assert fault("LOGIN_V2", user(user_id=None)) == "MISSING_FIELD"


@pytest.mark.req("FTC-13")
@pytest.mark.parametrize("message_type", ["USER_CREATE_V2", "USER_UPDATE_V2"])
def test_a_user_is_slim_and_what_is_sent_along_is_mapped(message_type: str) -> None:
    slim: PlayerMessage = taken(message_type, user(note="Any note", url_referer="https://example.com/#/"))
    assert (slim.attributes, slim.ignored) == ({}, ())
    told: PlayerMessage = taken(
        message_type,
        user(
            first_name=" Ann ",
            email="ann@example.com",
            mobile="79001234",
            mobile_prefix="+356",
            country="MT",
            registration_date="2015-03-02T8:27:58Z",
            birth_date="1980-01-02",
            postal_code=1234,
            city=True,
            shoe_size=44,
        ),
    )
    assert told.attributes == {
        "first_name": "Ann", "email": "ann@example.com", "mobile_number": "+35679001234", "ft_country": "MT",
        "ft_registration_date": "2015-03-02T08:27:58.000Z", "ft_birth_date": "1980-01-02", "ft_postal_code": "1234",
    }  # fmt: skip
    assert set(told.ignored) == {("city", "NOT_OF_ITS_TYPE"), ("shoe_size", "UNKNOWN_ATTRIBUTE")}


@pytest.mark.req("FTC-13")
def test_consents_become_channels() -> None:
    kinds = ("email", "sms", "telephone", "postMail", "siteNotification", "pushNotification")
    consents = [{"opted_in": number % 2 == 0, "type": kind} for number, kind in enumerate(kinds)]
    assert taken("USER_CONSENTS_V2", user(consents=consents)).channels == {
        "email": True, "sms": False, "telephone": True, "post": False, "on_site": True, "push": False,
    }  # fmt: skip
    assert taken("USER_CONSENTS_V2", user()).channels is None, "a slim one only says that something changed"


@pytest.mark.parametrize(
    ("consents", "code"),
    [
        ([{"opted_in": True, "type": "Email"}], "UNKNOWN_TYPE"),
        ([{"opted_in": 1, "type": "email"}], "WRONG_TYPE"),
        ([{"type": "email"}], "MISSING_FIELD"),
        ([{"opted_in": True}], "MISSING_FIELD"),
        ([{"opted_in": True, "type": "sms"}, {"opted_in": False, "type": "sms"}], "CONTRADICTION"),
        (["email"], "WRONG_TYPE"),
        ({"email": True}, "WRONG_TYPE"),
        ([{"opted_in": True, "type": "sms"}] * 51, "TOO_LONG"),
    ],
)
def test_a_consent_that_is_not_understood_is_never_overlooked(consents: Any, code: str) -> None:
    assert fault("USER_CONSENTS_V2", user(consents=consents)) == code


@pytest.mark.req("FTC-13")
@pytest.mark.parametrize(
    ("excluded", "blocked", "is_blocked"),
    [
        (True, False, True), (False, True, True), (True, True, True), (False, False, False), (True, None, True),
        (False, None, None), (None, False, None), (None, None, None),
    ],
)  # fmt: skip
def test_blocks(excluded: bool | None, blocked: bool | None, is_blocked: bool | None) -> None:
    said = {"Excluded": excluded, "Blocked": blocked}
    blocks = [{"active": active, "type": kind, "note": ""} for kind, active in said.items() if active is not None]
    told: PlayerMessage = taken("USER_BLOCK_V2", user(blocks=blocks))
    assert told.is_blocked is is_blocked
    names = {"Excluded": "ft_is_excluded", "Blocked": "ft_is_blocked"}
    assert told.attributes == {names[kind]: active for kind, active in said.items() if active is not None}


@pytest.mark.req("FTC-05", "B-21")
def test_what_has_no_id_is_told_by_its_content() -> None:
    first, again = reading("LOGIN_V2", user()), reading("LOGIN_V2", dict(reversed(user().items())))
    other = reading("LOGIN_V2", user(timestamp="2015-03-02T08:27:58.721608Z"))
    created = reading("USER_CREATE_V2", user())
    assert all(isinstance(one, Decoded) for one in (first, again, other, created))
    keys = [one.key for one in (first, again, other, created) if isinstance(one, Decoded)]
    assert keys[0] == keys[1]
    assert len(set(keys)) == 3
    assert max(map(len, keys)) <= 200


@pytest.mark.req("FTC-11", "FTC-13")
def test_a_loss_and_a_win_of_nothing_end_the_round() -> None:
    nothing = {"amount": 0, "wager_amount": 0, "is_round_end": False}
    loss, win = decoded(message(type="Loss", **nothing)), decoded(message(type="Win", **nothing))
    assert (loss.kind, loss.is_round_end, win.kind, win.is_round_end) == ("win", True, "win", True)
    assert not decoded(message(type="Win", is_round_end=False)).is_round_end
    assert not decoded(message(type="Bet", **nothing)).is_round_end
    lost = FastTrackDecoder(read_settings(MAPPING)).decode(raw(message(type="Loss")))
    assert isinstance(lost, Fault)
    assert lost.code == "INVALID_AMOUNT"


@pytest.mark.req("G-25")
@pytest.mark.parametrize("message_type", ["LOTTERY_V2", "SPORTSBOOK", "casino", ""])
def test_every_other_type_is_unsupported(message_type: str) -> None:
    found = FastTrackDecoder(read_settings(MAPPING)).decode(raw(message(), message_type))
    assert isinstance(found, Fault)
    assert (found.code, found.is_unsupported) == ("UNSUPPORTED_TYPE", True)
