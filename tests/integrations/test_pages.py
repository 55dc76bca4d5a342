"""The pages of integrations, through a browser's requests."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from backoffice.accounts.models import StaffUser
from backoffice.audit.models import AuditEntry
from integrations.kinds.registry import kinds
from integrations.models import DeadLetter, FeedPosition, FeedStatus, Integration, KindFlag
from integrations.operations.set_kind_flag import Switch, set_kind_flag
from integrations.tasks import work_dead_letters
from integrations.web.dry_run import MOST_BYTES
from integrations.web.limits import LOOKS
from integrations.web.transport_forms import KafkaForm
from integrations.wire.fingerprint import fingerprint
from tests.cast import SYSTEM, Cast
from tests.integrations.support import Broker, Feeds, Ledger, bet, message, position_of, raw
from tests.integrations.test_workflow import RABBIT, SECRET

pytestmark = pytest.mark.django_db
Browser = Callable[[StaffUser], Client]
REPLAY = {
    "name": "Casino", "sample": "generated", "per_second": "5", "player_count": "200",
    "brands": "sub.example.com = thrilltech:brand1\nother.example.com = thrilltech:brand2",
    "default_source_id": "sitewide-casino", "sources": "vendor 4, game 20417 = egyptian-games",
    "own_games": "90001", "reason": "The casino goes live.",
}  # fmt: skip


def page(client: Client, name: str, *args: Any, status: int = 200, query: str = "") -> str:
    response = client.get(reverse(name, args=args) + query)
    assert response.status_code == status
    return response.content.decode()


def bury(feeds: Feeds, integration: Integration, count: int = 1) -> list[DeadLetter]:
    """Dead letters of an unknown origin."""
    owned = feeds.owned(integration)
    feeds.take(owned, *(raw(bet(f"d{number}", origin="new.example.com")) for number in range(count)))
    return list(DeadLetter.objects.order_by("id"))


@pytest.mark.req("IGT-01", "GIG-03")
def test_the_marketplace_says_why_a_kind_cannot_be_connected(cast: Cast, browser_of: Browser) -> None:
    assert "Contact your platform administrator" in page(browser_of(cast.admin), "marketplace")
    for kind in kinds():
        set_kind_flag(Switch("thrilltech", kind, is_enabled=True), actor=SYSTEM, now=cast.now)
    admin = page(browser_of(cast.admin), "marketplace")
    assert "Connect over RabbitMQ" in admin
    assert "Not enabled for this operator" not in admin
    assert "It needs Subscription preferences" in admin
    analyst = page(browser_of(cast.analyst), "marketplace")
    assert "Connect over RabbitMQ" not in analyst
    assert "Managers and operator admins" in analyst
    assert "An operator connects it" in page(browser_of(cast.root), "marketplace")


@pytest.mark.req("IGT-01")
def test_platform_admins_switch_kinds_and_nobody_else(cast: Cast, browser_of: Browser) -> None:
    page(browser_of(cast.admin), "kinds", status=403)
    client = browser_of(cast.root)
    assert "Thrilltech" in page(client, "kinds")
    sent = {"operator_id": "thrilltech", "kind": "fasttrack", "act": "enable"}
    assert browser_of(cast.admin).post(reverse("kinds"), sent).status_code == 403
    assert client.post(reverse("kinds"), sent).status_code == 302
    assert KindFlag.objects.get().is_enabled
    client.post(reverse("kinds"), sent | {"act": "disable"})
    assert not KindFlag.objects.get().is_enabled
    assert AuditEntry.objects.filter(action__startswith="kind.", actor_name=cast.root.email).count() == 2


@pytest.mark.req("IGT-04", "GIG-04", "GIG-07")
def test_submitting_leads_to_an_integration_that_awaits_approval(feeds: Feeds, cast: Cast, browser_of: Browser) -> None:
    client = browser_of(cast.manager)
    assert "Dry run" in page(client, "integration_new", "fasttrack", "replay")
    response = client.post(reverse("integration_new", args=["fasttrack", "replay"]), REPLAY, follow=True)
    assert response.status_code == 200
    made = Integration.objects.get()
    assert made.settings["kind"]["sources"] == [
        {"source_id": "egyptian-games", "origin": "", "vendor_id": "4", "game_id": "20417"}
    ]
    assert made.settings["connection"]["per_second"] == 5
    text = response.content.decode()
    assert "Awaiting approval" in text
    assert reverse("approval", args=[made.approval_id]) in text
    assert "WOULD_BE_TAKEN" in page(browser_of(cast.approver), "approval", made.approval_id)


@pytest.mark.req("GIG-05")
def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(
    feeds: Feeds, cast: Cast, browser_of: Browser
) -> None:
    sent = {
        "name": "Casino", "server": "partner", "host": "", "port": "5672", "virtual_host": "/", "queue": "casino",
        "prefetch": "100", "brands": "nonsense", "default_source_id": "sitewide-casino", "reason": "Because.",
        "username": "potluck", "password": SECRET,
    }  # fmt: skip
    response = browser_of(cast.manager).post(reverse("integration_new", args=["fasttrack", "rabbitmq"]), sent)
    text = response.content.decode()
    assert response.status_code == 422
    assert "is not of the form origin = brand" in text
    assert "Because." in text
    assert SECRET not in text
    fixed = sent | {"brands": "sub.example.com = thrilltech:brand1"}
    response = browser_of(cast.manager).post(reverse("integration_new", args=["fasttrack", "rabbitmq"]), fixed)
    assert response.status_code == 422
    assert "host name or address" in response.content.decode()
    assert not Integration.objects.exists()


def test_an_approver_cannot_submit(feeds: Feeds, cast: Cast, browser_of: Browser) -> None:
    page(browser_of(cast.approver), "integration_new", "fasttrack", "replay", status=403)


def test_the_dry_run_tells_what_would_happen_and_does_nothing(feeds: Feeds, cast: Cast, browser_of: Browser) -> None:
    client = browser_of(cast.manager)
    address = reverse("integration_dry_run", args=["fasttrack", "replay"])
    made_up = client.post(address, REPLAY).content.decode()
    assert "Would contribute to the source" in made_up
    assert "UNMAPPED_ORIGIN" in made_up
    assert "UNSUPPORTED_TYPE" in made_up
    samples = msgspec.json.encode([message(), message(game_id="90001", activity_id="x"), message(amount=1)]).decode()
    pasted = client.post(address, REPLAY | {"samples": samples, "sample_type": "CASINO"}).content.decode()
    assert "sitewide-casino" in pasted
    assert "OWN_JACKPOT" in pasted
    assert "AMOUNT_MISMATCH" in pasted
    unfinished = client.post(address, REPLAY | {"brands": "nonsense"}).content.decode()
    assert "is not of the form" in unfinished
    script = client.post(address, REPLAY | {"samples": '{"a": "<script>alert(1)</script>"}'}).content.decode()
    assert "<script>alert" not in script
    assert not DeadLetter.objects.exists()


@pytest.mark.req("GIG-05", "GIG-08", "IGT-05")
def test_credentials_are_never_shown_and_a_copy_asks_for_them_again(
    feeds: Feeds, cast: Cast, browser_of: Browser
) -> None:
    integration = feeds.connected(**RABBIT)
    client = browser_of(cast.admin)
    shown = page(client, "integration", integration.pk)
    assert "set, never shown" in shown
    copy = page(client, "integration_copy", integration.pk)
    assert "amqp.example.com" in copy
    assert "sub.example.com = thrilltech:brand1" in copy
    for text in (shown, copy, page(client, "integration_history", integration.pk), page(client, "integrations")):
        assert SECRET not in text
    assert 'potluck"' not in copy.split("id_username")[1][:200]


def test_every_tab_of_an_integration(feeds: Feeds, ledger: Ledger, cast: Cast, browser_of: Browser) -> None:
    integration = feeds.connected()
    feeds.take(feeds.owned(integration), raw(bet("a1")), raw(bet("a2", origin="nowhere")))
    client = browser_of(cast.analyst)
    assert "This is a replay" in page(client, "integration", integration.pk)
    assert "1</strong>" in page(client, "integration_live", integration.pk)
    assert "ACCEPTED" in page(client, "integration_messages", integration.pk)
    assert "Dead or Alive" in page(client, "integration_rounds", integration.pk)
    assert "UNMAPPED_ORIGIN" in page(client, "integration_dead_letters", integration.pk)
    assert "integration.submitted" in page(client, "integration_history", integration.pk)
    assert "Samples stand in for a partner" in page(client, "integrations")
    assert ledger.bets


@pytest.mark.req("B-19")
def test_a_feed_that_the_breaker_stopped_is_an_alarm_and_is_started_again(
    feeds: Feeds, cast: Cast, browser_of: Browser
) -> None:
    integration = feeds.connected()
    feeds.owned(integration)
    FeedPosition.objects.update(status=FeedStatus.TRIPPED, status_detail="Too many.", lease_until=None)
    client = browser_of(cast.manager)
    shown = page(client, "integration", integration.pk)
    assert "Stopped by the breaker" in shown
    assert "Start the feed again" in shown
    response = client.post(reverse("integration_restart", args=[integration.pk]), {"reason": "Mended."})
    assert response.status_code == 302
    assert position_of(integration).status == FeedStatus.STOPPED


def test_disconnecting_names_the_effect_and_asks_for_the_name(feeds: Feeds, cast: Cast, browser_of: Browser) -> None:
    integration = feeds.connected(name="Casino")
    client = browser_of(cast.manager)
    address = reverse("integration_disconnect", args=[integration.pk])
    assert "cannot be connected again" in client.get(address).content.decode()
    assert client.post(address, {"reason": "Over.", "name": "wrong"}).status_code == 422
    assert client.post(address, {"reason": "Over.", "name": "Casino"}).status_code == 302
    integration.refresh_from_db()
    assert integration.state == "disconnected"
    page(browser_of(cast.approver), "integration_disconnect", integration.pk, status=403)


def test_dead_letters_are_filtered_by_reason_and_shown_safely(
    feeds: Feeds, ledger: Ledger, cast: Cast, browser_of: Browser
) -> None:
    integration = feeds.connected()
    owned = feeds.owned(integration)
    feeds.take(owned, raw(b"\x00\xff<script>"), raw(b'{"a":"<script>alert(1)</script>"}'), raw(bet("a1"), "LOTTERY_V2"))
    client = browser_of(cast.analyst)
    everything = page(client, "dead_letters")
    assert "NOT_UTF8" in everything
    assert "Replay 3" not in everything
    filtered = page(client, "dead_letters", query="?reason=MISSING_FIELD")
    assert "<td >MISSING_FIELD" in filtered
    assert "<td >NOT_UTF8" not in filtered
    binary, script, unsupported = DeadLetter.objects.order_by("id")
    assert "whom your role does not see" in page(client, "dead_letter", script.pk)
    client = browser_of(cast.approver)
    assert "00 ff 3c 73 63 72 69 70 74 3e" in page(client, "dead_letter", binary.pk)
    shown = page(client, "dead_letter", script.pk)
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert" in shown
    assert "type is not read here" in page(client, "dead_letter", unsupported.pk)
    assert ledger.bets == []


@pytest.mark.req("B-18", "G-25")
def test_a_dead_letter_is_replayed_through_the_copy_that_knows_the_origin(
    feeds: Feeds, ledger: Ledger, cast: Cast, browser_of: Browser
) -> None:
    old = feeds.connected()
    letters = bury(feeds, old, 3)
    client = browser_of(cast.manager)
    address = reverse("dead_letter_replay", args=[letters[0].pk])
    client.post(address, {"through": ""})
    letters[0].refresh_from_db()
    assert (letters[0].state, letters[0].attempts) == ("waiting", 2)

    brands = [{"origin": "new.example.com", "brand_id": "thrilltech:brand2"}]
    new = feeds.connected(settings=feeds.mapping(brands=brands), copied_from=old.pk)
    client.post(address, {"through": str(new.pk)})
    letters[0].refresh_from_db()
    assert (letters[0].state, letters[0].replay_code) == ("replayed", "ACCEPTED")
    assert client.post(address, {"through": str(new.pk)}).status_code == 422

    assert "Replay 2" in page(client, "dead_letters", query="?reason=UNMAPPED_ORIGIN")
    bulk = f"{reverse('dead_letters_replay')}?reason=UNMAPPED_ORIGIN"
    assert "UNMAPPED_ORIGIN: 2" in client.get(bulk).content.decode()
    started = client.post(bulk, {"through": str(new.pk)})
    assert 'of <span class="num">2</span> done' in client.get(started.headers["Location"]).content.decode()
    assert work_dead_letters() == 2
    assert ledger.contributed == ["d0", "d1", "d2"]
    assert position_of(old).dead_count == 0
    assert AuditEntry.objects.filter(action="dead_letter.replayed", actor_name=cast.manager.email).count() == 4


def test_dead_letters_are_set_aside_one_or_many(feeds: Feeds, ledger: Ledger, cast: Cast, browser_of: Browser) -> None:
    letters = bury(feeds, feeds.connected(), 3)
    client = browser_of(cast.manager)
    address = reverse("dead_letter_set_aside", args=[letters[0].pk])
    assert client.post(address, {"reason": ""}).status_code == 422
    client.post(address, {"reason": "A test of theirs."})
    ticked = f"{reverse('dead_letters_set_aside')}?selection=1"
    assert client.get(ticked).status_code == 302
    client.post(f"{ticked}&key={letters[1].pk}", {"reason": "The same."})
    assert work_dead_letters() == 1
    client.post(f"{reverse('dead_letters_set_aside')}?state=waiting", {"reason": "The same."})
    assert work_dead_letters() == 1
    assert set(DeadLetter.objects.values_list("state", flat=True)) == {"set_aside"}
    assert page(browser_of(cast.approver), "dead_letter_set_aside", letters[0].pk, status=403)
    assert ledger.bets == []


def test_what_is_anothers_is_not_there(feeds: Feeds, ledger: Ledger, cast: Cast, browser_of: Browser) -> None:
    integration = feeds.connected(name="Secret name")
    (letter,) = bury(feeds, integration)
    rival = browser_of(cast.rival_manager)
    for name in (
        "integration", "integration_live", "integration_messages", "integration_rounds", "integration_dead_letters",
        "integration_history", "integration_copy", "integration_disconnect",
    ):  # fmt: skip
        page(rival, name, integration.pk, status=404)
    for name in ("dead_letter", "dead_letter_history", "dead_letter_replay", "dead_letter_set_aside"):
        page(rival, name, letter.pk, status=404)
    assert "Secret name" not in page(rival, "integrations")
    assert "UNMAPPED_ORIGIN" not in page(rival, "dead_letters")
    assert "Secret name" in page(browser_of(cast.root), "integrations")
    assert ledger.bets == []


@pytest.mark.req("IGT-04", "IGT-05")
def test_who_approves_sees_what_was_tried_and_which_configuration_it_is(
    feeds: Feeds, cast: Cast, browser_of: Browser
) -> None:
    samples = msgspec.json.encode([bet("a1"), bet("a2", origin="nowhere.example.com")]).decode()
    sent = REPLAY | {"samples": samples, "sample_type": "CASINO"}
    browser_of(cast.manager).post(reverse("integration_new", args=["fasttrack", "replay"]), sent)
    made = Integration.objects.get()
    shown = page(browser_of(cast.approver), "approval", made.approval_id)
    assert "WOULD_BE_TAKEN: Bet" in shown
    assert "52530" in shown
    assert "UNMAPPED_ORIGIN" in shown
    digest = fingerprint(made.kind, made.transport, made.settings)
    assert f'<code title="{digest}">{digest[:12]}…</code>' in shown
    assert digest[:12] in page(browser_of(cast.analyst), "integration", made.pk)
    assert "52530" not in page(browser_of(cast.analyst), "approval", made.approval_id)


def test_samples_come_from_a_file_of_some_size_and_of_text(feeds: Feeds, cast: Cast, browser_of: Browser) -> None:
    client = browser_of(cast.manager)
    address = reverse("integration_samples", args=["fasttrack", "replay"])
    lines = b"\n".join(msgspec.json.encode(bet(f"a{number}")) for number in range(2))

    def sent(name: str, content: bytes) -> tuple[str, Any]:
        file = SimpleUploadedFile(name, content)
        answer = client.post(address, {"sample_file": file, "samples": "kept"})
        return answer.content.decode(), answer

    text, answer = sent("bets.jsonl", lines)
    assert "bets.jsonl was read." in text
    assert "&quot;activity_id&quot;:&quot;a1&quot;" in text
    assert answer.headers["HX-Trigger"] == "potluck:samples"
    for name, content, said in (
        ("large.json", b"1" * (MOST_BYTES + 1), "1,000,001 bytes; at most 1,000,000"),
        ("image.png", b"\x89PNG\xff", "is not UTF-8 text"),
        ("empty.json", b" \n", "is empty"),
    ):
        text, answer = sent(name, content)
        assert said in text
        assert ">kept</textarea>" in text
        assert "HX-Trigger" not in answer.headers
    text = client.post(f"{address}?act=peek").content.decode()
    assert "Only a Kafka topic can be read" in text


def test_a_cluster_of_our_own_is_offered_where_there_is_one(settings: Any) -> None:
    assert "Our own Kafka" in str(KafkaForm()["server"])
    settings.KAFKA_BOOTSTRAP_SERVERS = ""
    assert "Our own Kafka" not in str(KafkaForm()["server"])


@pytest.mark.req("B-25", "GEN-02")
def test_nobody_looks_at_our_own_kafka_before_it_was_approved(cast: Cast, feeds: Feeds, browser_of: Browser) -> None:
    address = reverse("integration_samples", args=["thrilldrops", "kafka"])
    typed = {"brands": "thrilltech:brand1", "topic": "rival.events", "server": "ours", "brokers": ""}
    typed |= {"security": "plaintext", "mechanism": "PLAIN", "start": "earliest"}
    text = browser_of(cast.manager).post(f"{address}?act=peek", typed).content.decode()
    assert "is shown once reading it was approved" in text


def test_the_connection_is_asked_before_it_is_submitted_and_after(
    feeds: Feeds, cast: Cast, browser_of: Browser, broker: Broker
) -> None:
    client = browser_of(cast.manager)
    address = reverse("integration_form_test", args=["fasttrack", "rabbitmq"])
    typed = REPLAY | {name: str(value) for name, value in broker.settings().items()} | broker.credentials
    typed |= {"server": "partner", "prefetch": "100"}
    broker.publish(bet("a1"))
    text = client.post(address, typed).content.decode()
    assert "Reached" in text
    assert broker.queue in text
    wrong = client.post(address, typed | {"password": SECRET}).content.decode()
    assert "Not reached" in wrong
    assert SECRET not in wrong
    missing = client.post(address, typed | {"host": ""}).content.decode()
    assert "host name or address" in missing
    stored = reverse("integration_test", args=[feeds.from_queue(broker).pk])
    assert "Reached" in browser_of(cast.approver).post(stored).content.decode()
    assert broker.waiting() == 1
    for _ in range(LOOKS):
        text = client.post(stored).content.decode()
    assert "Wait a minute" in text
