"""How many queries a page takes: twelve at most, and no more for more rows."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jackpots.operations.contribute import contribute
from tests.cast import Cast, sure_draft
from tests.jackpots.web.conftest import FORMS, LISTS, Scene

AT_MOST = 12


def queries_of(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_no_page_takes_more_than_twelve_queries(scene: Scene, visit: Callable[[str], Client]) -> None:
    client = visit("admin")
    pages = {**scene.addresses(), **{name: reverse(name) for name in (*LISTS, *FORMS)}}
    counted = {name: queries_of(client, url) for name, url in pages.items()}
    assert {name: count for name, count in counted.items() if count > AT_MOST} == {}


@pytest.mark.parametrize("name", [*LISTS, "instance_contributions", "instance_winners", "instance_draws"])
def test_more_rows_take_no_more_queries(cast: Cast, scene: Scene, visit: Callable[[str], Client], name: str) -> None:
    client = visit("admin")
    url = scene.addresses()[name] if name not in LISTS else reverse(name)
    few = queries_of(client, url)
    for number in range(3):
        more = cast.house.open(sure_draft(name=f"More {number}"))
        cast.house.source_for(more, source_id=f"more-{number}")
    requests = [cast.house.request(scene.source, f"player_{number:05d}") for number in range(10)]
    contribute(requests, now=cast.now)
    assert queries_of(client, url) == few
