"""Secrets that are shown once: never stored, never redirected to, never cached."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse

from backoffice.accounts.invitations import invitation_path
from backoffice.accounts.models import StaffUser
from backoffice.web.page import OfficeView

INVITATION_ADVICE = "Send it to the person alone. Whoever opens it chooses the password; it works once, for three days."


@dataclass(frozen=True)
class Secret:
    """What is shown: a label, the secret, and what to do with it."""

    label: str
    value: str
    advice: str
    username: str = ""


def shown_once(view: OfficeView, secret: Secret, *, title: str, back: str) -> HttpResponseBase:
    """The page with the secret; it is gone when the page is left."""
    context: dict[str, Any] = {**view.context(), "title": title, "secret": secret, "back": back, "form": None}
    response = TemplateResponse(view.request, "accounts/secret.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


def invitation(view: OfficeView, user: StaffUser) -> HttpResponseBase:
    """The page that shows the link once."""
    link = view.request.build_absolute_uri(invitation_path(user))
    back = reverse("staff_member", args=[user.pk])
    return shown_once(view, Secret("Link", link, INVITATION_ADVICE), title=f"Invite {user.email}", back=back)
