"""One line in the log for each request, with its id and the address it came from."""

import structlog
from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware


class RequestLog(RequestMiddleware):
    """Binds the address of the connection. Headers in which anybody can claim another one are not read."""

    @classmethod
    def bind_ip(cls, request: HttpRequest) -> None:
        """Called by the library for each request."""
        structlog.contextvars.bind_contextvars(ip=request.META.get("REMOTE_ADDR", ""))
