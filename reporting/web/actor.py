"""The viewer as the audit log names it."""

from backoffice.audit.record import Actor
from backoffice.web.errors import current_request_id
from backoffice.web.page import OfficeRequest


def actor_of(request: OfficeRequest) -> Actor:
    """Who asks, with the request's id and address."""
    return Actor.staff(
        request.user, request_id=current_request_id()[:64], address=request.META.get("REMOTE_ADDR") or None
    )
