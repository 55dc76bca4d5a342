"""Who is limited to brands sees those brands and no others, whatever the route."""

import pytest
from django.test import Client

from backoffice.core.errors import STATUS_BY_CODE
from jackpots.operations.contribute import contribute
from tests.cast import Cast, sure_draft

pytestmark = pytest.mark.django_db


def listed(cast: Cast, noun: str) -> list[dict[str, object]]:
    answer = Client().get(f"/api/v1/{noun}/", headers={"Authorization": f"Bearer {cast.token}"})
    assert answer.status_code == 200
    rows: list[dict[str, object]] = answer.json()["results"]
    return rows


@pytest.mark.req("GEN-01", "GEN-02", "B-25")
def test_a_token_of_one_brand(cast: Cast) -> None:
    house = cast.house
    theirs = house.open(allowed_brand_ids=(cast.brand1.pk,))
    ours = house.open(sure_draft(), allowed_brand_ids=(cast.brand2.pk,))
    everybodys = cast.instance
    house.source_for(theirs, source_id="theirs", brand_id=cast.brand1.pk)
    for brand in house.brands:
        contribute([house.request(everybodys, f"of {brand.code}", brand_id=brand.pk)], now=cast.now)
    contribute([house.request(ours, "winner", brand_id=cast.brand2.pk)], now=cast.now)
    cast.service.brand_ids = [cast.brand2.pk]
    cast.service.save()

    assert {row["id"] for row in listed(cast, "instances")} == {str(ours.pk), str(everybodys.pk)}
    assert {row["instance_id"] for row in listed(cast, "pots")} == {str(ours.pk), str(everybodys.pk)}
    assert {row["source_id"] for row in listed(cast, "sources")} == {"sitewide-casino"}
    assert {row["player_id"] for row in listed(cast, "contributions")} == {"of brand2", "winner"}
    assert {row["player_id"] for row in listed(cast, "wins")} == {"winner"}
    headers = {"Authorization": f"Bearer {cast.token}"}
    assert Client().get(f"/api/v1/instances/{theirs.pk}/", headers=headers).status_code == 404
    answer = Client().get("/currencies?brand_id=thrilltech:brand1", headers=headers)
    assert answer.json()["code"] == "UNSUPPORTED_BRAND"


@pytest.mark.req("ERR-10", "GEN-14")
def test_every_code_has_its_entry_in_the_documentation() -> None:
    page = Client().get("/docs/errors/").content.decode()
    missing = [code for code in STATUS_BY_CODE if f'id="{code.lower().replace("_", "-")}"' not in page]
    assert missing == []
