"""A row of a list leads to its object by a link, also for who has no script."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from tests.jackpots.web.conftest import Scene


@pytest.mark.req("B-29")
def test_the_rows_of_lists_are_links(scene: Scene, visit: Callable[[str], Client]) -> None:
    client = visit("admin")
    pages = {
        "instances": reverse("instance", args=[scene.instance.pk]),
        "winners": reverse("winner", args=[scene.win.pk]),
        "draws": reverse("draw", args=[scene.ended.pk]),
        "contributions": reverse("contribution", args=[scene.contribution.pk]),
        "templates": reverse("template", args=[scene.draft.pk]),
        "sources": reverse("source", args=[scene.source.pk]),
    }
    missing = [
        name
        for name, address in pages.items()
        if f'<a href="{address}">' not in client.get(reverse(name)).content.decode()
    ]
    assert missing == []
