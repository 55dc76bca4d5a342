"""Sockets of the backoffice: session login, the viewer's scope, then the hub."""

import asyncio
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.contrib.auth import get_user
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from backoffice.accounts.models import StaffUser
from backoffice.accounts.rights import has_right
from backoffice.accounts.viewer import scope_of
from jackpots.ticker import ticker
from jackpots.ws.hub import Member, hub
from jackpots.ws.transport import cut

CLOSE_UNAUTHENTICATED = 4401
CLOSE_FORBIDDEN = 4403
CLOSE_NOT_SPOKEN_TO = 1008
SECONDS_BETWEEN_CHECKS = 10.0


class StaffTickerConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    """Pots and wins of the viewer's operator. The client only listens."""

    async def connect(self) -> None:
        """Refuse who is not logged in (4401) or has no right to see instances (4403)."""
        await self.accept()
        user = self.scope.get("user")
        if not isinstance(user, StaffUser) or not user.is_active:
            await self.close(CLOSE_UNAUTHENTICATED)
            return
        if not has_right(user, "instances.view"):
            await self.close(CLOSE_FORBIDDEN)
            return
        self.member = Member(scope_of(user), send=self._send_text, close=self._close_behind)
        self.checker = asyncio.create_task(self._check_session())
        ticker.watch()
        hub.join(self.member)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Nothing is taken from this socket."""
        await self.close(CLOSE_NOT_SPOKEN_TO)

    async def disconnect(self, code: int) -> None:
        """Leave the hub."""
        member: Member | None = getattr(self, "member", None)
        if member is not None:
            self.checker.cancel()
            hub.leave(member)
            ticker.unwatch()
            del self.member

    async def _check_session(self) -> None:
        while True:
            await asyncio.sleep(SECONDS_BETWEEN_CHECKS)
            if not await database_sync_to_async(_may_stay)(self.scope["session"]):
                await self.close(CLOSE_UNAUTHENTICATED)
                return

    async def _send_text(self, text: str) -> None:
        await self.base_send({"type": "websocket.send", "text": text})

    async def _close_behind(self, code: int, reason: str) -> None:
        if not cut(_lowest(self.base_send), code, reason):
            await self.close(code)


def _lowest(send: Any) -> Any:
    """The server's own `send`, below what middleware may have wrapped around it."""
    while hasattr(send, "__wrapped__"):
        send = send.__wrapped__
    return send


def _may_stay(session: SessionBase) -> bool:
    """Whether the session still holds: it was not ended, and nobody changed its user's password, role or limits."""
    request = HttpRequest()
    # Channels wraps it, and read it when the socket was opened.
    request.session = session.__class__(session.session_key)
    user = get_user(request)
    return isinstance(user, StaffUser) and has_right(user, "instances.view")
