"""POST /authenticate/service: a machine logs in and gets its token (GEN-05)."""

import hashlib
from typing import Final

import msgspec
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backoffice.accounts.operations.log_in_service import log_in_service
from backoffice.api.gateway import GatewayView, address_of, body_of, request_id
from backoffice.api.limits import check, consume
from backoffice.api.schema import ref
from backoffice.core import clock
from backoffice.core.errors import Refusal

LOGINS_PER_MINUTE: Final = 120
FAILURES_PER_MINUTE: Final = 20
FAILURES_PER_NAME: Final = 10
NAME_SECONDS: Final = 300


class Credentials(msgspec.Struct):
    """What a service shows to log in."""

    username: str
    password: str


class AuthenticateService(GatewayView):
    """Gives a token that does not expire, for Authorization: Bearer in every other request."""

    authentication_classes = []
    permission_classes = []

    @extend_schema(
        operation_id="authenticate_service",
        tags=["gateway"],
        auth=[],
        request={"application/json": ref("ServiceCredentials")},
        responses={200: ref("ServiceToken")},
    )
    def post(self, request: Request) -> Response:
        """The token. 401 for wrong credentials, 429 for too many tries from an address or with a name."""
        address = address_of(request)
        consume(f"login:{address}", limit=LOGINS_PER_MINUTE, seconds=60)
        check(f"login_failed:{address}", limit=FAILURES_PER_MINUTE, seconds=60)
        credentials = _credentials(body_of(request))
        name = f"login_failed:{address}:{hashlib.sha256(credentials.username.encode()).hexdigest()}"
        check(name, limit=FAILURES_PER_NAME, seconds=NAME_SECONDS)
        try:
            token = log_in_service(
                credentials.username,
                credentials.password,
                now=clock.now(),
                request_id=request_id(),
                address=address or None,
            )
        except Refusal:
            consume(f"login_failed:{address}", limit=FAILURES_PER_MINUTE, seconds=60)
            consume(name, limit=FAILURES_PER_NAME, seconds=NAME_SECONDS)
            raise
        return Response({"token": token})


_decoder: Final = msgspec.json.Decoder(Credentials)


def _credentials(body: bytes) -> Credentials:
    try:
        credentials = _decoder.decode(body)
    except (ValueError, RecursionError):
        raise Refusal("INVALID_REQUEST", 'Send {"username": "…", "password": "…"}.', "username") from None
    for field, longest in (("username", 100), ("password", 1000)):
        text = getattr(credentials, field)
        if not text or len(text) > longest or "\0" in text:
            raise Refusal("INVALID_REQUEST", f"The field has 1 to {longest} characters.", field)
    return credentials
