"""Does the broker answer, and what does it say: asked before submission, and of what is connected."""

from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect

from backoffice.core.fields import unseal_json
from backoffice.web.found import found_or_404
from backoffice.web.page import OfficeView
from integrations.feeds.probe import ProbeResult, test_connection
from integrations.kinds.registry import kinds
from integrations.models import Integration
from integrations.queries.integrations import brands_of, integration
from integrations.web.limits import TooOften, one_more_look
from integrations.web.looks import address_of
from integrations.web.typed import kind_and_transport, typed_connection
from integrations.wire.connections import read_connection


class FormTest(OfficeView):
    """`/office/integrations/test/<kind>/<transport>/`: with what is typed so far; nothing of it is kept."""

    right = "integrations.submit"
    template_name = "integrations/probe.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The broker's answer, or what is missing to ask it."""
        typed = typed_connection(self.request, *kind_and_transport(kwargs))
        if typed.problems:
            return self.render(problems=typed.problems)
        try:
            one_more_look(self.request.user)
        except TooOften as error:
            return self.render(problems=[str(error)])
        chosen = read_connection(typed.transport, typed.connection)
        result = test_connection(typed.kind, typed.transport, chosen, typed.credentials, typed.settings)
        return self.render(result=without_secrets(result, typed.credentials))


class StoredTest(OfficeView):
    """`/office/integrations/<id>/test/`: with the settings and the sealed credentials as they were submitted."""

    right = "integrations.test"
    template_name = "integrations/probe.html"

    @cached_property
    def integration(self) -> Integration:
        """The one of the address."""
        return found_or_404(lambda: integration(self.request.scope, self.kwargs["key"]))

    def check_change(self) -> None:
        """The brands whose messages it brings."""
        self.request.scope.check_change_of(brands_of(self.integration))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """There is only an answer to who asks: to the page with the button."""
        return HttpResponseRedirect(address_of(self.integration))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The broker's answer."""
        row = self.integration
        self.refuse_foreign()
        kind = kinds().get(row.kind)
        if kind is None:
            return self.render(problems=["This kind of integration is not there any more."])
        try:
            one_more_look(self.request.user)
        except TooOften as error:
            return self.render(problems=[str(error)])
        sealed = row.sealed_credentials
        credentials = unseal_json(bytes(sealed)) if sealed else {}
        chosen = read_connection(row.transport, row.settings["connection"])
        result = test_connection(kind, row.transport, chosen, credentials, row.settings["kind"])
        return self.render(result=without_secrets(result, credentials))


def without_secrets(result: ProbeResult, credentials: dict[str, str]) -> ProbeResult:
    """The answer with no password in it, whatever the broker echoed."""
    secrets = [value for name, value in credentials.items() if value and not name.endswith("username")]

    def clean(text: str) -> str:
        for secret in secrets:
            text = text.replace(secret, "•••")
        return text

    facts = tuple((clean(name), clean(value)) for name, value in result.facts)
    return ProbeResult(result.is_reached, clean(result.text), facts)
