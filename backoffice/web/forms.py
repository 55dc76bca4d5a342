"""Forms in one column, with help under each field. What is wrong stands beside it and above all of it, linked."""

from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect

from backoffice.core.errors import Refusal
from backoffice.web.page import OfficeView


def helper() -> FormHelper:
    """Crispy's settings of the kit: no form tag, no own error list."""
    made = FormHelper()
    made.form_tag = False
    made.form_show_errors = True
    made.disable_csrf = True
    return made


class FormPage(OfficeView):
    """Give it `title`, `form_class`, `perform(form)`; a Refusal of the operation becomes an error of the form."""

    template_name = "office/form.html"
    form_class: ClassVar[type[forms.Form]]
    submit_label: str = "Save"
    lead_in: str = ""
    cancel_url: str = ""
    done: str = ""

    def initial(self) -> dict[str, Any]:
        """What the form starts with."""
        return {}

    def form_arguments(self) -> dict[str, Any]:
        """More arguments of the form's constructor."""
        return {}

    def make_form(self, data: Any = None, files: Any = None) -> forms.Form:
        """The form, empty or with what was typed."""
        return self.form_class(data, files, initial=self.initial(), **self.form_arguments())

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

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The form as it starts."""
        return self.render(form=self.make_form())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The act, or the form again with what was typed and what is wrong with it (422)."""
        form = self.make_form(request.POST, request.FILES)
        if form.is_valid():
            try:
                address = self.perform(form)
            except Refusal as refusal:
                refuse(form, refusal)
            else:
                if self.done:
                    messages.success(request, self.done)
                return HttpResponseRedirect(address)
        return self.render(status=422, form=form)


def refuse(form: forms.Form, refusal: Refusal) -> None:
    """Puts a refusal at its field, or above the form."""
    field = refusal.field if refusal.field in form.fields else None
    form.add_error(field, refusal.message)
