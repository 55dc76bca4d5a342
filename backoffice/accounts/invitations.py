"""The link by which somebody sets a first or a new password. It works once, and for three days."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.urls import reverse

from backoffice.accounts.models import StaffUser


def invitation_path(user: StaffUser) -> str:
    """The path of the page where this person, and whoever has the link, chooses the password."""
    key = default_token_generator.make_token(user)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
