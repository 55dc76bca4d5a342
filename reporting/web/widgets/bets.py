"""Bets distribution (OFF-07)."""

from backoffice.web.charts import Chart, Series
from reporting.rules.wagers import label
from reporting.web.widget import Card, Figures, Widget


def make(figures: Figures) -> Card:
    """A histogram of base wagers, in steps of the base currency."""
    found, currency = figures.wagers, figures.currency
    series = [Series("This period", found.current)]
    if found.before is not None:
        series.append(Series("Period before", found.before, comparison=True))
    left_out = f"{found.left_out:,} bets are left out for want of a rate."
    return Card(
        title="Bets distribution",
        icon="chart-histogram",
        headline=f"{sum(found.current):,}",
        subline=f"bets, by size in {currency}",
        chart=Chart(
            key="bets",
            title=f"Bets by size in {currency}, {figures.period_text}",
            kind="histogram",
            labels=[label(end) for end in found.upper_ends],
            series=series,
            label_heading=f"Bet in {currency}",
            empty="No bets in this period.",
        ),
        link=figures.listed("contributions"),
        link_text="All contributions",
        notes=[left_out] if found.left_out else [],
        from_rollups=True,
    )


WIDGET = Widget("bets", "Bets distribution", "chart-histogram", make)
