"""The site: platform admins only, through the login of everybody else, with one relaxed rule of style."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from csp.constants import UNSAFE_INLINE
from csp.decorators import csp_update
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from backoffice.accounts.models import StaffUser


class PlatformAdminSite(AdminSite):
    """What Django's admin is called here, and who is let in."""

    site_header = "Potluck"
    site_title = "Potluck"
    index_title = "All data, to read"
    site_url = "/office/"

    def has_permission(self, request: HttpRequest) -> bool:
        """Active platform admins."""
        user = request.user
        return isinstance(user, StaffUser) and user.is_active and user.is_superuser

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """allauth's login, with its limits and its second factor; 403 for members of staff who are nobody here."""
        response: HttpResponse = secure_admin_login(super().login)(request, extra_context=extra_context)
        return response

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """There is one page for it."""
        return HttpResponseRedirect(reverse("account_change_password"))

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002 - Django's signature
        """The admin's templates have styles of their own in their tags; its scripts are files like all others."""
        return csp_update({"style-src": [UNSAFE_INLINE]})(super().admin_view(view, cacheable))
