"""Top wins (OFF-09)."""

from backoffice.core.money import format_money
from backoffice.web.charts import bar_list
from reporting.queries.wins import RankedWin
from reporting.web.addresses import address
from reporting.web.widget import Card, Figures, Widget


def make(figures: Figures) -> Card:
    """The ten largest wins."""
    rows = [_row(figures, ranked) for ranked in figures.wins]
    return Card(
        title="Top wins",
        icon="trophy",
        bars=bar_list(rows, "No pot dropped in this period."),
        link=figures.listed("winners"),
        link_text="All winners",
    )


def _row(figures: Figures, ranked: RankedWin) -> tuple[str, int, str, str]:
    win = ranked.win
    name = f"{figures.player(win.player_id)}, {win.instance_name} {win.pot}"
    text = format_money(win.value_micros, win.currency)
    if win.currency != figures.currency and ranked.base_micros is not None:
        text = f"{text} ({figures.money(ranked.base_micros)})"
    return name, ranked.base_micros or 0, text, address("winner", win.win_id)


WIDGET = Widget("top_wins", "Top wins", "trophy", make)
