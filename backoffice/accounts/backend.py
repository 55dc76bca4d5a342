"""Who may be logged in, asked at the login and at every request after it."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from backoffice.accounts.models import StaffUser


class StaffBackend(AuthenticationBackend):  # type: ignore[misc]
    """allauth's, which also turns away the staff of an operator that is switched off."""

    def user_can_authenticate(self, user: Any) -> bool:
        """Active, and of an active operator or the platform's own."""
        return bool(user.is_active and (user.operator_id is None or user.operator.is_active))

    def get_user(self, user_id: Any) -> StaffUser | None:
        """The member of a session, with the operator in the same query."""
        user = StaffUser.objects.select_related("operator").filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None
