"""Pages that do something: the form, the act, and what is wrong with it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect

from backoffice.core.errors import Refusal
from backoffice.web.page import OfficeView


class ActingPage(OfficeView):
    """Give it `empty_form()`, `filled_form()` and `act(form)`; a Refusal of the operation becomes an error of the form.

    Who may not change what the page is about (`check_change()`) sees neither the form nor its effect, but why.
    """

    done: str = ""

    def empty_form(self) -> forms.Form:
        """The form as it starts."""
        raise NotImplementedError

    def filled_form(self) -> forms.Form:
        """The form with what was typed."""
        raise NotImplementedError

    def act(self, form: Any) -> str:
        """Does it with the valid form, and gives the address to go to."""
        raise NotImplementedError

    def answer(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """As ever, to who may change what the page is about."""
        self.refuse_foreign()
        return super().answer(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The form as it starts."""
        return self.render(form=self.empty_form())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The act, or the form again with what was typed and what is wrong with it (422)."""
        form = self.filled_form()
        if form.is_valid():
            try:
                address = self.act(form)
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
