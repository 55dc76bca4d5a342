"""Who asks."""

from django.http import HttpRequest
from rest_framework.request import Request

from backoffice.accounts.models import ServiceAccount, StaffUser


def viewer_of(request: Request | HttpRequest) -> StaffUser | ServiceAccount | None:
    """The member of staff or the service account behind the request; nobody without credentials."""
    user: object = request.user
    return user if isinstance(user, StaffUser | ServiceAccount) else None
