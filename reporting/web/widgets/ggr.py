"""Total GGR (OFF-06): contributions less what players got, at the rates of the time (G-19)."""

from backoffice.web.charts import Chart, money_series
from reporting.web.widget import Card, Figures, Widget, delta_of


def make(figures: Figures) -> Card:
    """Bars above and below zero."""
    found, currency = figures.totals, figures.currency
    now, before = found.current, found.before
    series = [money_series("This period", [tally.ggr_micros for tally in now.tallies], currency)]
    if before is not None:
        values = figures.matched([tally.ggr_micros for tally in before.tallies], len(now.points))
        series.append(money_series("Period before", values, currency, comparison=True))
    return Card(
        title="GGR",
        icon="scale",
        headline=figures.money(now.total.ggr_micros),
        subline="contributions less wins, community payouts and prizes",
        delta=delta_of(now.total.ggr_micros, before.total.ggr_micros if before else None, figures.asking.span_before),
        chart=Chart(
            key="ggr",
            title=f"GGR in {currency} by {found.unit}, {figures.period_text}",
            kind="bar",
            labels=figures.labels(),
            series=series,
            unit=currency,
            empty="Nothing was contributed or won in this period.",
        ),
        link=figures.listed("liability"),
        link_text="Liability",
        notes=figures.notes_of_totals(),
    )


WIDGET = Widget("ggr", "GGR", "scale", make, "two-thirds")
