"""How allauth treats staff: nobody signs up; accounts are made by admins."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse

from backoffice.accounts.models import StaffUser


class StaffAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Closes the sign-up page, and the login of operators that are switched off."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def pre_login(self, request: HttpRequest, user: StaffUser, **details: Any) -> HttpResponse | None:
        """The page of accounts that are switched off; None lets in."""
        response: HttpResponse | None = super().pre_login(request, user, **details)
        if response is None and user.operator is not None and not user.operator.is_active:
            response = self.respond_user_inactive(request, user)
        return response
