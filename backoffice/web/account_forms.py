"""Forms of the login pages: nobody's password is reset by e-mail, so no form offers it."""

from typing import Any

from allauth.account.forms import ChangePasswordForm, ReauthenticateForm


class PasswordForm(ChangePasswordForm):  # type: ignore[misc]
    """Change of one's own password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].help_text = ""


class AgainForm(ReauthenticateForm):  # type: ignore[misc]
    """The password once more, before something delicate."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""
