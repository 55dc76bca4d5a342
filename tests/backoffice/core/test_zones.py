"""Time zones are looked for once."""

from zoneinfo import available_timezones

from backoffice.core.zones import time_zones


def test_all_zones_are_known_and_looked_for_once() -> None:
    assert time_zones() == available_timezones()
    assert time_zones() is time_zones()
