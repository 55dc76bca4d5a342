"""What an operator lets through: a template's figures held against its policy."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from backoffice.core.money import format_money
from jackpots.rules.terms import PPM


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """The limits; None is none. Rates are parts per million of what is contributed, the amount is in micro-units."""

    maximum_rtp_ppm: int | None = PPM
    maximum_pot_rtp_ppm: int | None = PPM
    maximum_house_seed_ppm: int | None = None
    maximum_liability_micros: int | None = None


class Objection(msgspec.Struct, frozen=True, kw_only=True):
    """What the policy has against a template: the limit's name, the pot it is about, and both figures in words."""

    limit: str
    message: str
    pot: str | None = None


def objections(
    policy: Policy, formulas: Mapping[str, Any], runs: list[dict[str, Any]], currency: str
) -> list[Objection]:
    """Every limit that is exceeded: by formula, or as played where there is no formula."""
    together = runs[0] if runs else {}
    found = [*_of_pots(policy, formulas, together, currency), *_of_rates(policy, formulas, together)]
    held = _first(formulas["liability"]["p99"], (together.get("liability") or {}).get("p99"))
    limit = policy.maximum_liability_micros
    if limit is not None and held is not None and held > limit:
        shown, allowed = format_money(held, currency), format_money(limit, currency)
        message = f"In one moment of a hundred pots and reserves hold more than {shown}; the policy allows {allowed}."
        found.append(Objection(limit="maximum_liability_micros", message=message))
    return found


def percent(ppm: int) -> str:
    """`2,003.75 %`."""
    hundredths = (ppm + 50) // 100
    return f"{hundredths // 100:,}.{hundredths % 100:02d} %"


def _first(*values: int | None) -> int | None:
    return next((value for value in values if value is not None), None)


def _of_pots(
    policy: Policy, formulas: Mapping[str, Any], together: Mapping[str, Any], currency: str
) -> Iterator[Objection]:
    limit = policy.maximum_pot_rtp_ppm
    played = {pot["code"]: pot["rtp_ppm"] for pot in together.get("pots", [])}
    for pot in formulas["pots"]:
        found = _first(pot["rtp_ppm"], played.get(pot["code"]))
        if limit is None or found is None or found <= limit:
            continue
        message = f"Pot {pot['code']} alone returns {percent(found)} of what is contributed; the policy allows "
        message += f"{percent(limit)}."
        if pot["rtp_ppm"] is not None:
            paid, put_in, added = (
                format_money(pot[name], currency) for name in ("payout_micros", "turnover_micros", "deficit_micros")
            )
            message += f" On average it pays {paid} for {put_in} of contributions, and the house adds {added} to "
            message += "each seed."
        yield Objection(limit="maximum_pot_rtp_ppm", message=message, pot=pot["code"])


def _of_rates(policy: Policy, formulas: Mapping[str, Any], together: Mapping[str, Any]) -> Iterator[Objection]:
    words = (
        ("rtp_ppm", "maximum_rtp_ppm", "All pots together return"),
        ("house_seed_ppm", "maximum_house_seed_ppm", "The house pays seeds of"),
    )
    for figure, name, said in words:
        limit, found = getattr(policy, name), _first(formulas[figure], together.get(figure))
        if limit is not None and found is not None and found > limit:
            message = f"{said} {percent(found)} of what is contributed; the policy allows {percent(limit)}."
            yield Objection(limit=name, message=message)
