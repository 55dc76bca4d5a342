"""Sources: what leads where now, brand by brand, and how it is changed."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from backoffice.audit.models import AuditEntry
from backoffice.core import clock
from jackpots.models import Source
from jackpots.operations.pause_instance import pause_instance
from tests.cast import SYSTEM, Cast
from tests.jackpots.web.conftest import Scene, download_of, text_of

Visit = Callable[[str], Client]


def reached(client: Client, source: Source) -> dict[str, str]:
    """By brand: the jackpot's name, or the code of the refusal."""
    rows = client.get(reverse("source", args=[source.pk])).context["reaches"]
    return {
        row.brand.pk: row.instance.name if row.instance else (row.refusal.code if row.refusal else row.note)
        for row in rows
    }


@pytest.mark.req("SRC-01", "SRC-05", "B-05")
def test_the_page_says_where_each_brands_contribution_would_go(cast: Cast, visit: Visit) -> None:
    first = cast.house.open(name="First", allowed_brand_ids=(cast.brand1.pk,))
    second = cast.house.open(name="Second", allowed_countries=("MT",))
    source = cast.house.source_for(first, second, source_id="two")
    client = visit("analyst")
    assert reached(client, source) == {cast.brand1.pk: "First", cast.brand2.pk: "Second"}
    assert "Where the player's country is allowed." in text_of(client.get(reverse("source", args=[source.pk])))
    pause_instance(first.pk, reason="x", scope=cast.house.scope, actor=SYSTEM, now=clock.now())
    assert reached(client, source) == {cast.brand1.pk: "Second", cast.brand2.pk: "Second"}
    pause_instance(second.pk, reason="x", scope=cast.house.scope, actor=SYSTEM, now=clock.now())
    assert reached(client, source) == {
        cast.brand1.pk: "CONTRIBUTION_REJECTED", cast.brand2.pk: "SOURCE_JACKPOTS_NOT_ALLOWED",
    }  # fmt: skip
    empty = cast.house.source_for(source_id="nothing", brand_id=cast.brand2.pk)
    assert reached(client, empty) == {cast.brand2.pk: "SOURCE_JACKPOT_NOT_FOUND"}


@pytest.mark.req("SRC-02")
def test_a_brands_own_source_takes_the_place_of_its_operators(cast: Cast, scene: Scene, visit: Visit) -> None:
    cast.house.source_for(scene.instance, source_id="lobby", brand_id=cast.brand2.pk)
    found = reached(visit("analyst"), scene.source)
    assert found == {
        cast.brand1.pk: scene.instance.name, cast.brand2.pk: "The brand's own source of this id is used instead.",
    }  # fmt: skip


@pytest.mark.req("SRC-03", "SRC-04")
def test_a_source_is_created_mapped_and_unmapped(cast: Cast, scene: Scene, visit: Visit) -> None:
    client = visit("manager")
    made = client.post(reverse("source_new"), {"source_id": "vip-lounge", "name": "VIP", "owner": cast.brand1.pk})
    source = Source.objects.get(source_id="vip-lounge")
    assert made["Location"] == reverse("source", args=[source.pk])
    assert (source.brand_id, source.name) == (cast.brand1.pk, "VIP")
    taken = client.post(reverse("source_new"), {"source_id": "vip-lounge", "name": "Other", "owner": cast.brand1.pk})
    assert taken.status_code == 422
    assert "already" in text_of(taken)
    assert 'value="Other"' in text_of(taken)
    url = reverse("source_map", args=[source.pk])
    assert client.post(url, {"instance_id": str(scene.instance.pk), "priority": "3"}).status_code == 302
    assert source.mappings.get().priority == 3
    again = client.get(f"{url}?instance={scene.instance.pk}")
    assert again.context["form"].initial == {"instance_id": str(scene.instance.pk), "priority": 3}
    client.post(url, {"instance_id": str(scene.instance.pk), "priority": "1"})
    assert source.mappings.get().priority == 1
    foreign = client.post(url, {"instance_id": str(cast.rival_instance.pk), "priority": "1"})
    assert foreign.status_code == 422
    assert source.mappings.count() == 1
    away = reverse("source_unmap", args=[source.pk, scene.instance.pk])
    assert "SOURCE_JACKPOT_NOT_FOUND" in text_of(client.get(away))
    assert client.post(away, {"reason": ""}).status_code == 302
    assert not source.mappings.exists()
    acts = list(AuditEntry.objects.filter(object_id=str(source.pk)).order_by("id").values_list("action", flat=True))
    assert acts == ["source.created", "source.mapped", "source.mapped", "source.unmapped"]
    history = text_of(client.get(reverse("source_history", args=[source.pk])))
    assert "source.unmapped" in history


def test_the_list_filters(cast: Cast, scene: Scene, visit: Visit) -> None:
    cast.house.source_for(source_id="lonely", brand_id=cast.brand2.pk)
    client, url = visit("analyst"), reverse("sources")
    assert client.get(f"{url}?mapped=false").context["count"] == 1
    assert client.get(f"{url}?mapped=true").context["count"] == 2
    assert client.get(f"{url}?owner={cast.brand2.pk}").context["count"] == 1
    assert client.get(f"{url}?q=LOB").context["count"] == 1
    csv = download_of(client.get(f"{url}?export=csv"))
    assert "lonely" in csv
    assert scene.instance.name in csv
