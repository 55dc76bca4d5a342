"""Who acts through a page, for the audit log: the member of staff, the request's id, the address."""

from allauth.account.adapter import get_adapter
from django.http import HttpRequest

from backoffice.accounts.models import StaffUser
from backoffice.audit.record import Actor
from backoffice.web.errors import current_request_id


def actor_of(request: HttpRequest) -> Actor:
    """The logged-in member of staff, at the client's address behind as many proxies as TRUSTED_PROXY_COUNT says."""
    user = request.user
    if not isinstance(user, StaffUser):
        raise TypeError("Only staff act through pages.")
    return Actor.staff(user, request_id=current_request_id(), address=get_adapter(request).get_client_ip(request))
