"""Total contributions (OFF-03)."""

from backoffice.web.charts import Chart, money_series
from reporting.web.widget import Card, Figures, Widget, counted, delta_of


def make(figures: Figures) -> Card:
    """Their sum over time, against the period before."""
    found, currency = figures.totals, figures.currency
    now, before = found.current, found.before
    series = [money_series("This period", [tally.contribution_micros for tally in now.tallies], currency)]
    if before is not None:
        values = figures.matched([tally.contribution_micros for tally in before.tallies], len(now.points))
        series.append(money_series("Period before", values, currency, comparison=True))
    return Card(
        title="Contributions",
        icon="coins",
        headline=figures.money(now.total.contribution_micros),
        subline=counted(now.total.contribution_count, "contribution"),
        delta=delta_of(
            now.total.contribution_micros,
            before.total.contribution_micros if before else None,
            figures.asking.span_before,
        ),
        chart=Chart(
            key="contributions",
            title=f"Contributions in {currency} by {found.unit}, {figures.period_text}",
            kind="line",
            labels=figures.labels(),
            series=series,
            unit=currency,
            empty="No contributions in this period.",
        ),
        link=figures.listed("contributions"),
        link_text="All contributions",
        notes=figures.notes_of_totals(),
    )


WIDGET = Widget("contributions", "Contributions", "coins", make, "two-thirds")
