"""Machines come with a Bearer token; staff may bring the session of their browser to /api/v1/."""

from collections.abc import Mapping
from typing import Any

from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from backoffice.accounts.models import ServiceAccount
from backoffice.api.token_cache import token_cache


def bearer_of(headers: Mapping[str, Any]) -> tuple[ServiceAccount, str] | None:
    """The account and the token of the header in a request's META; the answers are those of BearerAuthentication."""
    scheme, _, token = headers.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    account = token_cache.account(token.strip())
    if account is None:
        raise AuthenticationFailed("The token is not valid.")
    return account, token


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer <token>`; request.user is the service account, request.auth the token."""

    def authenticate(self, request: Request) -> tuple[ServiceAccount, str] | None:
        """None where no such header is sent; 401 where the token is unknown, revoked or its account switched off."""
        return bearer_of(request.META)

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return 'Bearer realm="potluck"'


class StaffSessionAuthentication(SessionAuthentication):
    """The session of a member of staff, with the CSRF token on every write."""
