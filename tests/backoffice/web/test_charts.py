"""A chart and its table twin say the same."""

from decimal import Decimal

from backoffice.web.charts import Chart, Series, bar_list, money_series


def chart(*series: Series) -> Chart:
    return Chart("key", "GGR, EUR a day", "bar", ["Mon", "Tue"], series, "EUR")


def test_the_twin_has_a_row_a_label_and_a_column_a_series():
    drawn = chart(money_series("Now", [1_500_000, None], "EUR"), Series("Count", [3, 4]))
    assert drawn.table() == [["Mon", "EUR 1.50", "3 EUR"], ["Tue", "\N{EN DASH}", "4 EUR"]]
    series = drawn.data()["series"]
    assert [one["values"] for one in series] == [[1.5, None], [3.0, 4.0]]
    assert [one["texts"] for one in series] == [["EUR 1.50", "\N{EN DASH}"], ["3 EUR", "4 EUR"]]


def test_texts_are_exact_where_pixels_are_not():
    drawn = chart(money_series("Now", [999_999_999_990_000, 0], "EUR", comparison=True))
    assert drawn.table()[0][1] == "EUR 999,999,999.99"
    assert drawn.data()["series"][0]["comparison"] is True


def test_nothing_but_zeros_is_empty():
    assert chart(Series("Now", [0, None])).is_empty()
    assert not chart(Series("Now", [0, Decimal("-0.01")])).is_empty()


def test_the_longest_bar_fills_the_line():
    bars = bar_list([("a", 300, "3", ""), ("b", -150, "1.5", ""), ("c", 0, "0", "")]).bars
    assert [bar.share for bar in bars] == [100, 50, 0]
    assert bar_list([]).bars == []
