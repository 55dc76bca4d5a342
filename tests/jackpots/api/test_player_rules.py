"""The public page of rules: no token, two formats, four languages, and nothing but what holds."""

from uuid import uuid4

import pytest
from django.test import Client

from backoffice.core.fields import unseal
from jackpots.models import PotCycle
from tests.cast import Cast, quiet_draft
from tests.raffles import open_raffle

HTML = {"HTTP_ACCEPT": "text/html,application/xhtml+xml"}


@pytest.mark.req("R-01", "R-02")
def test_the_rules_as_json_need_no_token(cast: Cast) -> None:
    answer = Client().get(f"/v1/rules/{cast.instance.pk}")
    body = answer.json()
    assert answer.status_code == 200
    assert (body["name"], body["language"], body["version"]) == (cast.instance.name, "en", 1)
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in answer
    keys = [section["key"] for section in body["sections"]]
    assert keys == ["part", "when", "funding", "pots", "rtp", "several", "paying", "proof"]
    running = PotCycle.objects.get(pot__instance=cast.instance, pot__code="minor", ended_at__isnull=True)
    assert {"pot": "minor", "cycle": 1, "commitment": bytes(running.commitment).hex()} in body["commitments"]
    assert unseal(bytes(running.sealed_secret)).hex() not in answer.content.decode()


@pytest.mark.req("R-01")
@pytest.mark.parametrize(
    ("query", "accepted", "code", "said"),
    [
        ("", "", "en", "How every draw can be checked"),
        ("?lang=de", "fr", "de", "Wie sich jede Ziehung prüfen lässt"),
        ("", "es-MX,es;q=0.9", "es", "Cómo se puede comprobar cada sorteo"),
        ("?lang=fr", "", "fr", "Comment chaque tirage peut être vérifié"),
    ],
)
def test_the_rules_as_a_page(cast: Cast, query: str, accepted: str, code: str, said: str) -> None:
    answer = Client().get(f"/v1/rules/{cast.instance.pk}{query}", HTTP_ACCEPT_LANGUAGE=accepted, **HTML)  # type: ignore[arg-type]
    page = answer.content.decode()
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert answer["Content-Language"] == code
    assert f'<html lang="{code}">' in page
    assert said in page
    assert f"/verify/{cast.instance.pk}/" in page
    assert "script-src" in answer["Content-Security-Policy"]


@pytest.mark.req("R-01")
def test_the_format_that_is_asked_for(cast: Cast) -> None:
    address = f"/v1/rules/{cast.instance.pk}"
    assert Client().get(f"{address}?format=html")["Content-Type"].startswith("text/html")
    assert Client().get(f"{address}?format=json", **HTML)["Content-Type"] == "application/json"  # type: ignore[arg-type]
    for query, field in (("format=pdf", "format"), ("lang=xx", "lang")):
        refused = Client().get(f"{address}?{query}")
        assert (refused.status_code, refused.json()["code"]) == (400, "INVALID_REQUEST"), field


@pytest.mark.req("R-01", "GEN-03")
def test_the_rules_of_a_brand(cast: Cast) -> None:
    mine = cast.house.open(quiet_draft(brand_id=cast.brand1.pk), brand_id=cast.brand1.pk)
    address = f"/v1/rules/{mine.pk}"
    assert f"It is open to players of {cast.brand1.name}." in Client().get(address).content.decode()
    assert Client().get(f"{address}?brand_id={cast.brand1.pk}").status_code == 200
    assert Client().get(f"{address}?brand_id={cast.brand2.pk}").status_code == 404
    assert Client().get(f"/v1/rules/{uuid4()}").status_code == 404


@pytest.mark.req("R-01", "R-06")
def test_the_rules_follow_the_version(cast: Cast) -> None:
    dear = cast.house.open(quiet_draft(name="Dear", contribution_micros=2_000_000))
    assert "contributes EUR 2.00 to the jackpot" in Client().get(f"/v1/rules/{dear.pk}").content.decode()
    assert "contributes EUR 0.10 to the jackpot" in Client().get(f"/v1/rules/{cast.instance.pk}").content.decode()


@pytest.mark.req("R-01", "RAF-01")
def test_the_rules_of_a_raffle(cast: Cast) -> None:
    raffle = open_raffle(cast.house)
    body = Client().get(f"/v1/rules/{raffle.pk}?lang=es").json()
    said = {section["key"]: " ".join(section["lines"]) for section in body["sections"]}
    assert body["jackpot_type"] == "Raffle"
    assert "boleto" in said["raffle"]
    assert "huella" in said["proof"]
    assert "several" not in said
    assert Client().get(f"/v1/rules/{raffle.pk}?format=html").status_code == 200
