"""Lines in the log for each request, with its id and the address it came from."""

import logging
from http import HTTPStatus
from typing import Final, cast
from uuid import uuid4

import structlog
from django.http import HttpRequest, HttpResponse
from django_structlog.middlewares import RequestMiddleware

LIBRARY: Final = "django_structlog.middlewares.request"
log = structlog.get_logger(LIBRARY)
_level: Final = logging.getLogger(LIBRARY)


class RequestLog(RequestMiddleware):
    """Binds the address of the connection. Headers in which anybody can claim another one are not read."""

    @classmethod
    def bind_ip(cls, request: HttpRequest) -> None:
        """Called by the library for each request."""
        structlog.contextvars.bind_contextvars(ip=request.META.get("REMOTE_ADDR", ""))


class MachineRequestLog(RequestLog):
    """The same lines for machines, whose requests are many: what the log would not take is not put together."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer. The library's own asks of each request anew whether its chain is asynchronous."""
        self.prepare(request)
        response = cast("HttpResponse", self.get_response(request))
        self.handle_response(request, response)
        return response

    def prepare(self, request: HttpRequest) -> None:
        """Before the request is answered."""
        headers = request.META
        structlog.contextvars.bind_contextvars(
            request_id=headers.get("HTTP_X_REQUEST_ID") or str(uuid4()), ip=headers.get("REMOTE_ADDR", "")
        )
        if _level.isEnabledFor(logging.INFO):
            agent = headers.get("HTTP_USER_AGENT")
            log.info("request_started", request=self.format_request(request), user_agent=agent)

    def handle_response(self, request: HttpRequest, response: HttpResponse) -> None:
        """With the answer."""
        if response.status_code >= HTTPStatus.BAD_REQUEST or _level.isEnabledFor(logging.INFO):
            super().handle_response(request, response)
        else:
            structlog.contextvars.clear_contextvars()
