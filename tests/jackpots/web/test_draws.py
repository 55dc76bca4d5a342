"""Draws: what is told and when, and the cycle recomputed on the page."""

import hashlib
import hmac
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from backoffice.core.fields import unseal
from jackpots.models import Contribution
from jackpots.operations.contribute import contribute
from jackpots.web import draws
from tests.cast import Cast, probability_pot, sure_draft
from tests.jackpots.web.conftest import Scene, download_of, text_of

Visit = Callable[[str], Client]


@pytest.mark.req("B-10")
def test_a_running_cycle_tells_its_commitment_and_never_its_secret(scene: Scene, visit: Visit) -> None:
    secret = unseal(bytes(scene.running.sealed_secret)).hex()
    client = visit("admin")
    page = client.get(reverse("draw", args=[scene.running.pk])).content.decode()
    assert bytes(scene.running.commitment).hex() in page
    assert "sealed until the pot drops" in page
    exported = download_of(client.get(f"{reverse('draws')}?export=csv"))
    assert secret not in page
    assert secret not in exported
    assert unseal(bytes(scene.ended.sealed_secret)).hex() in exported
    assert client.get(reverse("draw_verify", args=[scene.running.pk])).status_code == 404


@pytest.mark.req("B-10")
def test_the_worked_example_of_an_ended_cycle_comes_true(cast: Cast, visit: Visit) -> None:
    pot = probability_pot("main", one_in=4, position=0, share_ppm=700_000)
    instance = cast.house.open(sure_draft(pots=(pot,)))
    for number in range(40):
        contribute([cast.house.request(instance)], now=cast.now + timedelta(seconds=number))
    ended = next(cycle for cycle in instance.pots.get().cycles.all() if cycle.ended_at)
    answer = visit("analyst").get(reverse("draw", args=[ended.pk]))
    context, page = answer.context, text_of(answer)
    one = context["example"]
    secret = bytes.fromhex(context["secret"])
    assert hashlib.sha256(secret).hexdigest() == context["commitment"]
    message = f"{instance.pk}|main|{ended.cycle}|{one.contribution_id}|0"
    word = int.from_bytes(hmac.digest(secret, message.encode(), "sha256")[:8], "big")
    assert word % one.denominator == one.number
    assert message in page


@pytest.mark.req("B-10")
def test_verifying_goes_on_part_by_part_to_the_last_draw(
    cast: Cast, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draws, "PART", 3)
    pot = probability_pot("main", one_in=10**9, position=0, share_ppm=700_000)
    instance = cast.house.open(sure_draft(pots=(pot,)))
    for number in range(8):
        contribute([cast.house.request(instance)], now=cast.now + timedelta(seconds=number // 2))
    cycle = instance.pots.get().cycles.get()
    cycle.ended_at = cast.now + timedelta(seconds=9)
    cycle.save(update_fields=["ended_at"])
    client, url = visit("analyst"), reverse("draw_verify", args=[cycle.pk])
    counts, answer = [], client.get(url)
    while answer.context["token"]:
        counts.append((answer.context["checked"], answer.context["total"]))
        answer = client.get(url, {"so-far": answer.context["token"]})
    assert counts == [(3, 8), (6, 8)]
    assert "All 8 draws follow from the secret" in text_of(answer)
    assert client.get(url, {"so-far": "made-up"}).status_code == 404


@pytest.mark.req("B-10")
def test_a_draw_that_was_tampered_with_is_found(scene: Scene, visit: Visit) -> None:
    row = Contribution.objects.get(pk=scene.contribution.pk)
    wrong = [[*draw[:4], "0" if draw[4] != "0" else "1", False, *draw[6:]] for draw in row.draws]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        Contribution.objects.filter(pk=row.pk).update(draws=wrong)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    page = text_of(visit("analyst").get(reverse("draw_verify", args=[scene.ended.pk])))
    assert "1 of 1 draws differ" in page
    assert reverse("contribution", args=[row.pk]) in page


def test_the_list_filters_by_jackpot_pot_and_whether_it_ended(scene: Scene, visit: Visit) -> None:
    client, url = visit("analyst"), f"{reverse('draws')}?instance={scene.instance.pk}"
    assert client.get(url).context["shown"] == 3
    assert client.get(f"{url}&pot=main").context["shown"] == 2
    assert client.get(f"{url}&ended=true").context["shown"] == 1
