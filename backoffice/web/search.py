"""The search of the top bar: pages of the sidebar first, then what the apps above find, each by its own query."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.module_loading import import_string

from backoffice import subscriptions
from backoffice.accounts.models import StaffUser
from backoffice.accounts.rights import has_right
from backoffice.tenancy.scope import Scope
from backoffice.web.navigation import visible_sections
from backoffice.web.page import OfficeView

LIMIT = 8


@dataclass(frozen=True)
class Hit:
    """One thing that was found."""

    name: str
    url: str
    detail: str = ""


Search = Callable[[Scope, str, int], list[Hit]]


@dataclass(frozen=True)
class Found:
    """The hits of one kind."""

    heading: str
    hits: list[Hit]


def pages(user: StaffUser, scope: Scope, text: str) -> list[Hit]:
    """Pages of the sidebar by name."""
    links = [(label, link) for label, links in visible_sections(user, scope, "") for link in links]
    return [Hit(link.label, link.url, label) for label, link in links if text.lower() in link.label.lower()]


def find(user: StaffUser, scope: Scope, text: str) -> list[Found]:
    """What the viewer may see of everything that matches, by kind; kinds without a hit are left out."""
    if not text:
        return []
    found = [Found("Pages", pages(user, scope, text))]
    for heading, (right, path) in subscriptions.SEARCHES.items():
        if has_right(user, right):
            search: Search = import_string(path)
            found.append(Found(heading, search(scope, text, LIMIT)))
    return [kind for kind in found if kind.hits]


class SearchPage(OfficeView):
    """`/office/search/?q=…`."""

    title = "Search"
    template_name = "office/search.html"

    def context(self) -> dict[str, Any]:
        """The hits by kind."""
        text = self.request.GET.get("q", "").strip()[:100]
        return {
            **super().context(),
            "title": f"Search: {text}" if text else "Search",
            "search_value": text,
            "found": find(self.request.user, self.request.scope, text),
        }
