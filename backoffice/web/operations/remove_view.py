"""Forgets a saved view."""

from backoffice.accounts.models import StaffUser
from backoffice.core.errors import Refusal
from backoffice.web.models import SavedView


def remove_view(user: StaffUser, view_id: int) -> str:
    """Removes the user's own view and gives the path of its page; NOT_FOUND for anybody else's."""
    view = SavedView.objects.filter(user=user, pk=view_id).first()
    if view is None:
        raise Refusal("NOT_FOUND", "There is no such view.")
    path = view.path
    view.delete()
    return path
