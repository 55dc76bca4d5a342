"""The rates of an operator as they were noted."""

from reporting.models import NotedRate
from reporting.rules.rates import Rate, RateHistory

Noted = dict[str, list[Rate]]


def noted_rates(operator_id: str | None = None) -> Noted:
    """What was noted, by operator; of one operator, or of all."""
    rows = NotedRate.objects.order_by("since", "pk")
    if operator_id is not None:
        rows = rows.filter(operator_id=operator_id)
    found: Noted = {}
    for operator, brand_id, currency, since, multiplier in rows.values_list(
        "operator_id", "brand_id", "currency", "since", "multiplier"
    ):
        found.setdefault(operator, []).append(Rate(brand_id, currency, since, multiplier))
    return found


def rate_history(operator_id: str, base_currency: str) -> RateHistory:
    """The rates of one operator."""
    return RateHistory(base_currency, noted_rates(operator_id).get(operator_id, []))
