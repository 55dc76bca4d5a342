"""What the routes for machines have in common: Bearer only, strict JSON in, the request's id out."""

from typing import Any, Final

import structlog
from allauth.account.adapter import get_adapter
from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backoffice.accounts.models import ServiceAccount
from backoffice.api.authentication import BearerAuthentication
from backoffice.api.viewer import viewer_of
from backoffice.audit.record import Actor
from backoffice.core.errors import Refusal

MAX_BODY_BYTES: Final = 65_536


class GatewayView(APIView):
    """A route of the gateway. A subclass names its `rights`."""

    authentication_classes = [BearerAuthentication]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Who asks, and whether what stands in the address can be looked up at all."""
        super().initial(request, *args, **kwargs)
        for name, value in [*kwargs.items(), *request.query_params.items()]:
            if "\0" in str(value):
                raise Refusal("INVALID_REQUEST", "The text holds a NUL character.", name)

    def perform_content_negotiation(self, request: Request, force: bool = False) -> tuple[Any, str]:  # noqa: FBT001, FBT002
        """JSON, whatever is asked for."""
        renderer = self.get_renderers()[0]
        return renderer, renderer.media_type or ""

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        """Every answer names the request, as the logs do."""
        finished: Response = super().finalize_response(request, response, *args, **kwargs)
        finished.headers["X-Request-ID"] = request_id()
        return finished


def address_of(request: Request) -> str:
    """The caller's address, behind as many proxies as TRUSTED_PROXY_COUNT says."""
    return str(get_adapter().get_client_ip(request._request))  # noqa: SLF001 - allauth reads Django's own


def request_id() -> str:
    """The id of this request in the logs: the caller's X-Request-ID, or one of ours."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))[:128]


def body_of(request: Request | HttpRequest, limit: int = MAX_BODY_BYTES) -> bytes:
    """The body, at most 64 KiB of it unless the route takes more. Refusal(PAYLOAD_TOO_LARGE)."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > limit:
        raise Refusal("PAYLOAD_TOO_LARGE", f"The body has more than {limit} bytes.")
    return request.body


def parameter(request: Request, name: str) -> str | None:
    """A parameter of the query, or None where it is left out or empty."""
    return request.query_params.get(name) or None


def required_parameter(request: Request, name: str) -> str:
    """A parameter of the query; Refusal(INVALID_REQUEST) without it."""
    value = parameter(request, name)
    if value is None:
        raise Refusal("INVALID_REQUEST", "The parameter is missing.", name)
    return value


def limit_of(request: Request, *, default: int = 10, largest: int = 1000) -> int:
    """The parameter `limit`; Refusal(INVALID_REQUEST) outside 1 to `largest`."""
    text = parameter(request, "limit")
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 6 or not 1 <= int(text) <= largest:
        raise Refusal("INVALID_REQUEST", f"The limit is a number from 1 to {largest}.", "limit")
    return int(text)


def account_of(request: Request | HttpRequest) -> ServiceAccount:
    """The service account that the view's permission let in."""
    account = viewer_of(request)
    if not isinstance(account, ServiceAccount):
        raise Refusal("FORBIDDEN", "This is for service accounts.")
    return account


def actor_of(request: Request) -> Actor:
    """The service account as the audit log names it."""
    return Actor.service(account_of(request), request_id=request_id(), address=address_of(request) or None)
