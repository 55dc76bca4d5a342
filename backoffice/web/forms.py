"""Forms in one column, with help under each field. What is wrong stands beside it and above all of it, linked."""

from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from django import forms

from backoffice.web.acting import ActingPage, refuse

__all__ = ["FormPage", "helper", "refuse"]


def helper() -> FormHelper:
    """Crispy's settings of the kit: no form tag, no own error list."""
    made = FormHelper()
    made.form_tag = False
    made.form_show_errors = True
    made.disable_csrf = True
    return made


class FormPage(ActingPage):
    """Give it `title`, `form_class`, `perform(form)`; a Refusal of the operation becomes an error of the form."""

    template_name = "office/form.html"
    form_class: ClassVar[type[forms.Form]]
    submit_label: str = "Save"
    lead_in: str = ""
    cancel_url: str = ""

    def initial(self) -> dict[str, Any]:
        """What the form starts with."""
        return {}

    def form_arguments(self) -> dict[str, Any]:
        """More arguments of the form's constructor."""
        return {}

    def make_form(self, data: Any = None, files: Any = None) -> forms.Form:
        """The form, empty or with what was typed."""
        return self.form_class(data, files, initial=self.initial(), **self.form_arguments())

    def empty_form(self) -> forms.Form:
        """Nothing typed yet."""
        return self.make_form()

    def filled_form(self) -> forms.Form:
        """As it was sent."""
        return self.make_form(self.request.POST, self.request.FILES)

    def act(self, form: Any) -> str:
        """What `perform` says."""
        return self.perform(form)

    def perform(self, form: Any) -> str:
        """Does it with `form.cleaned_data`, and gives the address to go to."""
        raise NotImplementedError

    def context(self) -> dict[str, Any]:
        """The parts of office/form.html."""
        return {
            **super().context(),
            "submit_label": self.submit_label,
            "cancel_url": self.cancel_url,
            "lead_in": self.lead_in,
            "helper": helper(),
        }
