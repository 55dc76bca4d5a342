"""Who must have a second factor goes nowhere before having one."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

OPEN_PATHS = ("/accounts/", "/static/", "/healthz", "/readyz", "/metrics")


class SecondFactorMiddleware:
    """Leads members of staff whose role is in REQUIRE_MFA_ROLES to the page that sets up their authenticator app."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Django's entrance."""
        if settings.REQUIRE_MFA_ROLES and self._lacks_one(request):
            messages.info(request, "Your role needs a second factor: set up an authenticator app first.")
            return HttpResponseRedirect(reverse("mfa_activate_totp"))
        return self.get_response(request)

    def _lacks_one(self, request: HttpRequest) -> bool:
        if request.path.startswith(OPEN_PATHS):
            return False
        user = request.user
        if not user.is_authenticated or user.role not in settings.REQUIRE_MFA_ROLES:
            return False
        return not is_mfa_enabled(user)
