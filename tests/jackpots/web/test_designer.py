"""The designer: every term typed and read back, the kinds' own fields, figures and differences while typing."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from jackpots.models import SimulationReport, Template
from jackpots.queries.templates import terms_of
from jackpots.rules.terms import AmountTerms, PrizeTerms, StrategyTerms
from jackpots.web.template_rows import typed as typed_again
from tests.cast import EUR, Cast
from tests.jackpots.web.conftest import Scene, text_of

Visit = Callable[[str], Client]


def rows(part: str, *sent: dict[str, str]) -> dict[str, str]:
    """The rows of a part, as a browser sends them."""
    fields = {f"{part}-{number}-{name}": value for number, row in enumerate(sent) for name, value in row.items()}
    return {f"{part}-TOTAL_FORMS": str(len(sent)), f"{part}-INITIAL_FORMS": "0", **fields}


SEEDS = {"initial_seed_micros": "10", "min_reseed_micros": "10", "seed_share_ppm": "0"}
HOURLY = {
    "code": "hourly", "kind": "time", "share_ppm": "30", **SEEDS, "time_rule": "stake_weighted", "period_count": "6",
    "period_unit": "3600", "ceiling_micros": "500", "max_drops": "7", "is_progressive": "on",
    "allows_external_trigger": "on", "value_from_micros": "9", "max_magic_number": "77",
}  # fmt: skip
SEGMENTED = {
    "code": "mega", "kind": "value", "share_ppm": "40", **SEEDS, "value_from_micros": "500", "value_to_micros": "1,500",
    "segments": "10, 20 50", "ceiling_micros": "4", "period_count": "3",
}  # fmt: skip


def jackpot(**changes: Any) -> dict[str, Any]:
    """A jackpot that uses what there is."""
    sent = {
        "name": "Everything", "owner": "thrilltech", "jackpot_type": "Jackpot", "currency": "EUR",
        "contribution_kind": "variable", "contribution_micros": "0.10", "operator_contribution_ppm": "100",
        "household_ppm": "30", "limited_share_to": "seed", "withhold_above_micros": "10,000",
        "withhold_countries": "mt, SE", "community_unspent_to": "winner", "community_includes_winner": "on",
        "ticket_price_micros": "9", "duration_count": "4",
        **rows("pots", HOURLY, SEGMENTED),
        **rows("amounts", {
            "currency": "sek", "default_micros": "1", "minimum_micros": "1", "maximum_micros": "10",
            "allowed_micros": "1, 5, 10",
        }),
        **rows(
            "strategies",
            {"kind": "active", "share_ppm": "20", "count": "10", "hours": "24", "split": "equal"},
            {"kind": "lifetime", "share_ppm": "10", "count": "3", "hours": "5", "split": "proportional"},
        ),
        **rows("prizes", {"kind": "share", "share_ppm": "50", "count": "1"}),
    }  # fmt: skip
    return sent | changes


def raffle(**changes: Any) -> dict[str, Any]:
    """A raffle; what belongs to jackpots alone is left in, as a browser that has hidden it would send it."""
    sent = jackpot(
        name="Friday", jackpot_type="Raffle", contribution_kind="fixed", household_ppm="50", ticket_price_micros="2",
        ticket_metric="base_wager", duration_count="1", duration_unit="weeks", prizes_per_player="",
        **rows("amounts"),
    )  # fmt: skip
    sent |= rows("pots", HOURLY | {"share_ppm": "50"})
    sent |= rows(
        "prizes",
        {"kind": "amount", "amount_micros": "100", "share_ppm": "3", "count": "1"},
        {"kind": "share", "amount_micros": "7", "share_ppm": "10", "count": "5"},
    )
    return sent | changes


@pytest.mark.req("POT-01", "POT-03", "POT-21")
def test_every_term_of_a_jackpot_is_typed_and_kept(cast: Cast, visit: Visit) -> None:
    client = visit("manager")
    answer = client.post(reverse("template_new"), jackpot())
    assert answer.status_code == 302, text_of(answer)
    made = Template.objects.get(name="Everything")
    terms = terms_of(made)
    hourly, mega = terms.pots
    assert (hourly.kind, hourly.time_rule, hourly.period_seconds) == ("time", "stake_weighted", 21_600)
    assert (hourly.ceiling_micros, hourly.max_drops, hourly.allows_external_trigger) == (500 * EUR, 7, True)
    assert (hourly.value_from_micros, hourly.max_magic_number) == (None, None), "fields of other kinds are ignored"
    assert (mega.segments, mega.value_to_micros) == ((10, 20, 50), 1_500 * EUR)
    assert (mega.ceiling_micros, mega.period_seconds, mega.is_progressive) == (None, None, True)
    assert terms.amounts == (
        AmountTerms(
            currency="SEK", default_micros=EUR, minimum_micros=EUR, maximum_micros=10 * EUR,
            allowed_micros=(EUR, 5 * EUR, 10 * EUR),
        ),
    )  # fmt: skip
    assert terms.strategies == (
        StrategyTerms(position=0, kind="active", share_ppm=200_000, count=10, hours=24),
        StrategyTerms(position=1, kind="lifetime", share_ppm=100_000, count=3, split="proportional"),
    )
    assert (terms.withhold_above_micros, terms.withhold_countries) == (10_000 * EUR, ("MT", "SE"))
    assert (terms.limited_share_to, terms.community_unspent_to, terms.community_includes_winner) == (
        "seed", "winner", True,
    )  # fmt: skip
    assert (terms.prizes, terms.ticket_price_micros, terms.duration_count) == ((), None, None)


@pytest.mark.req("RAF-01", "RAF-02")
def test_every_term_of_a_raffle_is_typed_and_kept(cast: Cast, visit: Visit) -> None:
    answer = visit("manager").post(reverse("template_new"), raffle())
    assert answer.status_code == 302, text_of(answer)
    terms = terms_of(Template.objects.get(name="Friday"))
    assert (terms.ticket_price_micros, terms.ticket_metric) == (2 * EUR, "base_wager")
    assert (terms.duration_count, terms.duration_unit, terms.prizes_per_player) == (1, "weeks", None)
    assert (terms.pots[0].kind, terms.pots[0].time_rule, terms.pots[0].max_drops) == ("raffle", "", None)
    assert terms.prizes == (
        PrizeTerms(rank=1, kind="amount", amount_micros=100 * EUR),
        PrizeTerms(rank=2, kind="share", share_ppm=100_000, count=5),
    )
    assert terms.strategies == ()


@pytest.mark.req("POT-01")
@pytest.mark.parametrize("sent", [jackpot(), raffle()], ids=["jackpot", "raffle"])
def test_a_draft_that_is_opened_and_saved_says_the_same(cast: Cast, visit: Visit, sent: dict[str, Any]) -> None:
    client = visit("manager")
    client.post(reverse("template_new"), sent)
    made = Template.objects.get(name=sent["name"])
    before = terms_of(made)
    own, parts = typed_again(made)
    again: dict[str, Any] = {name: _sent(value) for name, value in own.items()}
    for part, found in parts.items():
        again |= rows(part, *({name: _sent(value) for name, value in row.items()} for row in found))
    again = {name: value for name, value in again.items() if value != "off"}
    answer = client.post(reverse("template_edit", args=[made.pk]), again)
    assert answer.status_code == 302, text_of(answer)
    assert terms_of(Template.objects.get(pk=made.pk)) == before
    page = text_of(client.get(reverse("template_new") + f"?from={made.pk}"))
    assert f'value="Copy of {made.name}"' in page


def _sent(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return "" if value is None else str(value)


@pytest.mark.req("OFF-18")
@pytest.mark.parametrize(
    ("change", "said", "anchor"),
    [
        ({"pots-1-segments": "a lot"}, "Weights are whole numbers", "id_pots-1-segments"),
        ({"amounts-0-allowed_micros": "1, much"}, "Enter a number", "id_amounts-0-allowed_micros"),
        ({"strategies-0-count": ""}, "This field is required", "id_strategies-0-count"),
        ({"strategies-0-count": "20,000"}, "from 1 to 10,000 players", "id_strategies-0-count"),
        ({"amounts-0-currency": "ABC"}, "ABC is not an ISO 4217 currency", "id_amounts-0-currency"),
        ({"withhold_countries": "XX"}, "is no country", "id_withhold_countries"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
    cast: Cast, visit: Visit, change: dict[str, str], said: str, anchor: str
) -> None:
    answer = visit("manager").post(reverse("template_new"), jackpot(**change))
    page = text_of(answer)
    assert answer.status_code == 422
    assert said in page
    assert f'href="#{anchor}"' in page
    assert 'value="10, 20 50"' in page or "segments" in anchor
    assert not Template.objects.filter(name="Everything").exists()


@pytest.mark.req("OFF-18", "POT-05")
def test_figures_and_problems_are_named_while_typing(cast: Cast, visit: Visit) -> None:
    client, url = visit("manager"), reverse("template_preview")
    page = text_of(client.post(url, jackpot(a_day="10,000")))
    assert "By formula" in page
    assert "hourly in time" in page
    assert "mega drops after" in page
    wrong = text_of(client.post(url, jackpot(**{"pots-0-period_count": ""})))
    assert 'href="#id_pots-0-period_count"' in wrong
    assert "Pot hourly, Once every" in wrong
    unread = text_of(client.post(url, jackpot(**{"pots-0-share_ppm": "x"})))
    assert "Pot 1, Share of a contribution, %" in unread
    assert "30 % missing" in unread


@pytest.mark.req("POT-06", "OFF-18")
def test_a_new_version_is_compared_with_the_last_one_while_typing(cast: Cast, scene: Scene, visit: Visit) -> None:
    client = visit("manager")
    client.post(reverse("template_new_version", args=[scene.instance.template_id]), {"reason": ""})
    version = Template.objects.get(lineage_id=scene.instance.template.lineage_id, version=2)
    url = f"{reverse('template_preview')}?of={version.pk}"
    page = text_of(client.post(url, jackpot()))
    assert "Against version 1" in page
    assert "hourly: drops" in page
    assert "wins are held above" in page
    assert (
        client.post(f"{reverse('template_preview')}?of={cast.rival_instance.template_id}", jackpot()).status_code == 404
    )


@pytest.mark.req("POT-01")
def test_saved_and_simulated_at_once(cast: Cast, visit: Visit) -> None:
    client = visit("manager")
    answer = client.post(reverse("template_new"), jackpot(then="simulate", a_day="5000"))
    made = Template.objects.get(name="Everything")
    assert answer["Location"] == reverse("template_simulation", args=[made.pk])
    report = SimulationReport.objects.get(template=made)
    assert report.contributions_a_day == 5_000
    edit = text_of(client.get(reverse("template_edit", args=[made.pk])))
    assert "Last simulation" in edit
    assert 'value="5000"' in edit
    unfinished = client.post(reverse("template_new"), jackpot(name="Half", household_ppm="29", then="simulate"))
    assert unfinished.status_code == 302
    assert not SimulationReport.objects.filter(template__name="Half").exists()


def test_rows_of_every_part_come_and_go_without_a_script(cast: Cast, visit: Visit) -> None:
    client, url = visit("manager"), reverse("template_new")
    for part, more in (("amounts", 2), ("strategies", 3), ("prizes", 2)):
        form = client.post(url, jackpot(act=f"add-{part}")).context["form"]
        assert len(form.parts[part].forms) == more
        form = client.post(url, jackpot(act=f"remove-{part}-0")).context["form"]
        assert len(form.parts[part].forms) == more - 2
    form = client.post(url, jackpot(act="up-strategies-1")).context["form"]
    assert [row["kind"].value() for row in form.parts["strategies"].forms] == ["lifetime", "active"]
    assert client.post(url, jackpot(act="add-nothing")).status_code == 200
