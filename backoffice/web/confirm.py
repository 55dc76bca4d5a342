"""Confirmations: they name the object and the effect; what cannot be undone asks for the name."""

from collections.abc import Sequence
from typing import Any

from django import forms

from backoffice.web.acting import ActingPage
from backoffice.web.forms import helper


class ConfirmForm(forms.Form):
    """A reason and, where needed, the object's name."""

    reason = forms.CharField(
        max_length=500, widget=forms.Textarea(attrs={"rows": 2}), help_text="Kept in the audit log."
    )

    def __init__(self, *args: Any, typed_name: str = "", reason_needed: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.typed_name = typed_name
        self.fields["reason"].required = reason_needed
        if typed_name:
            self.fields["name"] = forms.CharField(
                label=f"Type “{typed_name}” to go on",
                widget=forms.TextInput(attrs={"autocomplete": "off", "data-typed-field": ""}),
            )

    def clean_name(self) -> str:
        """The name as it was typed, spaces forgiven."""
        typed = " ".join(str(self.cleaned_data["name"]).split())
        if typed != " ".join(self.typed_name.split()):
            raise forms.ValidationError("That is not the name.")
        return typed


class ConfirmPage(ActingPage):
    """Give it `title`, `question()`, `effects()`, `perform(reason)`; `typed_name()` for what cannot be undone."""

    template_name = "office/confirm.html"
    submit_label: str = "Confirm"
    danger: bool = False
    reason_needed: bool = True
    cancel_url: str = ""

    def question(self) -> str:
        """One sentence that names the object: "Pause Mega Lucky?"."""
        raise NotImplementedError

    def effects(self) -> Sequence[str]:
        """What happens, in figures, a sentence each."""
        return ()

    def typed_name(self) -> str:
        """The name to type; empty where the act can be undone."""
        return ""

    def cancel(self) -> str:
        """Where "Cancel" leads."""
        return self.cancel_url

    def empty_form(self) -> forms.Form:
        """Nothing typed yet."""
        return self.make_form()

    def filled_form(self) -> forms.Form:
        """As it was sent."""
        return self.make_form(self.request.POST)

    def act(self, form: Any) -> str:
        """`perform` with the reason."""
        return self.perform(form.cleaned_data["reason"])

    def perform(self, reason: str) -> str:
        """Does it, and gives the address to go to."""
        raise NotImplementedError

    def make_form(self, data: Any = None) -> ConfirmForm:
        """The form of the page."""
        return ConfirmForm(data, typed_name=self.typed_name(), reason_needed=self.reason_needed)

    def context(self) -> dict[str, Any]:
        """The parts of office/confirm.html."""
        return {
            **super().context(),
            "question": self.question(),
            "effects": self.effects(),
            "submit_label": self.submit_label,
            "danger": self.danger,
            "typed_name": self.typed_name(),
            "cancel_url": self.cancel(),
            "helper": helper(),
        }
