"""The map of sockets."""

from typing import Any

from channels.auth import AuthMiddlewareStack
from channels.routing import URLRouter
from channels.security.websocket import OriginValidator
from django.conf import settings
from django.urls import path

from jackpots.ws.consumers import StaffTickerConsumer

STAFF_TICKER_PATH = "ws/v1/staff/instances/"


class OurPagesOnly(OriginValidator):  # type: ignore[misc]
    """Pages of our own hosts. A client without an Origin is no browser, so no stranger's page stands behind it."""

    def valid_origin(self, parsed_origin: Any) -> bool:
        """Whether the socket may be opened."""
        return parsed_origin is None or bool(self.validate_origin(parsed_origin))


sockets = OurPagesOnly(
    AuthMiddlewareStack(URLRouter([path(STAFF_TICKER_PATH, StaffTickerConsumer.as_asgi())])), settings.ALLOWED_HOSTS
)
