"""What a member of staff sets for themselves."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.urls import reverse

from backoffice.accounts.operations.change_preferences import change_preferences
from backoffice.accounts.operations.end_sessions import end_sessions
from backoffice.accounts.viewer import scope_of
from backoffice.core import clock
from backoffice.pages.choices import zone_choices
from backoffice.web.actor import actor_of
from backoffice.web.confirm import ConfirmPage
from backoffice.web.forms import FormPage


class PreferencesForm(forms.Form):
    """A name and a zone."""

    name = forms.CharField(max_length=200, required=False, help_text="What colleagues see beside your e-mail.")
    time_zone = forms.ChoiceField(choices=zone_choices, help_text="Pages tell times in it; exports tell them in UTC.")


class PreferencesPage(FormPage):
    """For everybody who is logged in."""

    title = "Preferences"
    template_name = "accounts/preferences.html"
    form_class = PreferencesForm
    done = "Saved."

    def initial(self) -> dict[str, Any]:
        """As they are."""
        return {"name": self.request.user.name, "time_zone": self.request.user.time_zone}

    def perform(self, form: Any) -> str:
        """Saves them."""
        data = form.cleaned_data
        change_preferences(
            self.request.user,
            name=data["name"],
            time_zone=data["time_zone"],
            actor=actor_of(self.request),
            now=clock.now(),
        )
        return reverse("preferences")


class LeavePage(ConfirmPage):
    """Log out everywhere, here too."""

    title = "Log out everywhere"
    reason_needed = False
    submit_label = "Log out everywhere"

    def question(self) -> str:
        """It is about oneself."""
        return "Log out in every browser, this one included?"

    def effects(self) -> Sequence[str]:
        """What happens."""
        return ("Whoever uses your account asks for your password next. Change it too if somebody else knows it.",)

    def cancel(self) -> str:
        """Back to the preferences."""
        return reverse("preferences")

    def perform(self, reason: str) -> str:
        """Ends the sessions."""
        user = self.request.user
        end_sessions(user.pk, scope=scope_of(user), actor=actor_of(self.request), now=clock.now())
        return reverse("account_login")
