"""Keeps a list's filters, sort and columns under a name."""

from datetime import datetime
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import Resolver404, resolve

from backoffice.accounts.models import StaffUser
from backoffice.core.errors import Refusal
from backoffice.web.models import SavedView

PASSING = ("page", "export")
MOST = 30


def kept_part(query: str) -> str:
    """The query of an address without what belongs to one visit."""
    asked = QueryDict(query)
    return urlencode([(key, value) for key, values in asked.lists() if key not in PASSING for value in values])


def save_view(user: StaffUser, path: str, query: str, name: str, *, now: datetime) -> SavedView:
    """Saves it for this user; a view of the same page and name is replaced. INVALID_REQUEST names what is wrong."""
    name = " ".join(name.split())
    kept = kept_part(query)
    if not _is_page(path) or len(kept) > 2000:
        raise Refusal("INVALID_REQUEST", "This page cannot be saved as a view.", field="path")
    if not name or len(name) > 60:
        raise Refusal("INVALID_REQUEST", "A view needs a name of at most 60 letters.", field="name")
    if SavedView.objects.filter(user=user, path=path).exclude(name=name).count() >= MOST:
        raise Refusal("INVALID_REQUEST", f"There are {MOST} views of this page; remove one first.", field="name")
    view, _ = SavedView.objects.update_or_create(
        user=user, path=path, name=name, defaults={"query": kept, "saved_at": now}
    )
    return view


def _is_page(path: str) -> bool:
    if not path.startswith("/office/") or len(path) > 200:
        return False
    try:
        resolve(path)
    except Resolver404:
        return False
    return True
