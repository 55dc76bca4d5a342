"""Routes of the gateway that take bytes and answer bytes."""

from typing import Any, ClassVar, Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from rest_framework.exceptions import NotAuthenticated, PermissionDenied

from backoffice.accounts.rights import has_right
from backoffice.api.authentication import bearer_of
from backoffice.api.gateway import GatewayView, request_id

METHOD: Final = "POST"


class DirectView(GatewayView):
    """A gateway's route whose `post` reads the body and writes the answer by itself, with Django's own request.

    REST framework's request, its parsers and its renderers cost a contribution more than its own view. So a POST that
    is let in and answered goes round them; other methods, queries, and every refusal go the common way.
    """

    rights: ClassVar[dict[str, str]]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The answer; the errors are those of every route of the gateway."""
        if request.method != METHOD or request.META.get("QUERY_STRING"):
            return super().dispatch(request, *args, **kwargs)
        try:
            self._admit(request)
            response: HttpResponse = self.post(request)  # type: ignore[attr-defined]
        except Exception as error:  # noqa: BLE001 - as REST framework does; what was not foreseen is logged there
            return self._refused(request, error)
        response.headers["X-Request-ID"] = request_id()
        return response

    def _admit(self, request: HttpRequest) -> None:
        found = bearer_of(request.META)
        if found is None:
            raise NotAuthenticated
        request.user, _ = found  # type: ignore[assignment]
        if not has_right(found[0], self.rights[METHOD]):
            raise PermissionDenied

    def _refused(self, request: HttpRequest, error: Exception) -> HttpResponseBase:
        self.headers = self.default_response_headers
        self.request = self.initialize_request(request)
        return self.finalize_response(self.request, self.handle_exception(error))
