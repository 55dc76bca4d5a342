"""One form of error: the seeds' {status_code, code, message}, and problem+json for who asks for it (RFC 9457)."""

import math
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

import structlog
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.settings import api_settings

from backoffice.core.errors import PROBLEM, STATUS_BY_CODE, Refusal, error_body, problem_body

__all__ = ["PROBLEM", "OtherRefusal", "error_body", "exception_handler", "problem_body", "refusal_of"]

log = structlog.get_logger(__name__)
RETRY_AFTER_SECONDS = 1


def refusal_of(error: Exception) -> Refusal:
    """What the caller is told about any exception; what we did not foresee tells nothing."""
    if isinstance(error, Refusal):
        return error
    for kinds, tell in _TOLD:
        if isinstance(error, kinds):
            return tell(error)
    return Refusal("SYSTEM_ERROR", "Something failed on our side.")


def _forbidden_message(error: Exception) -> str:
    reason = str(getattr(error, "detail", ""))
    return f"{reason.rstrip('.')}." if reason.startswith("CSRF") else "You have no right to this."


def _refusal_of_api_exception(error: exceptions.APIException) -> Refusal:
    if isinstance(error, exceptions.ValidationError):
        field, message = _first_fault(error.detail)
        return Refusal("INVALID_REQUEST", message, field or None)
    refusal = Refusal("INVALID_REQUEST", str(error.detail))
    if error.status_code not in {refusal.status_code, STATUS_BY_CODE["INVALID_REQUEST"]}:
        return OtherRefusal(error.status_code, str(error.detail))
    return refusal


def _first_fault(detail: Any, path: str = "") -> tuple[str, str]:
    """Where the first fault lies, as `pots.0.kind`, and what it is."""
    if isinstance(detail, dict):
        name, inner = next(iter(detail.items()))
        own = "" if name == api_settings.NON_FIELD_ERRORS_KEY else str(name)
        return _first_fault(inner, ".".join(part for part in (path, own) if part))
    if isinstance(detail, list):
        place, inner = next((place, inner) for place, inner in enumerate(detail) if inner)
        return _first_fault(inner, f"{path}.{place}" if isinstance(inner, dict) else path)
    return path, str(detail)


class OtherRefusal(Refusal):
    """A refusal of HTTP itself: 405, 406, 415."""

    def __init__(self, status_code: int, message: str) -> None:
        super().__init__("INVALID_REQUEST", message)
        self._status_code = status_code

    @property
    def status_code(self) -> int:
        """The status that HTTP has for it."""
        return self._status_code


def exception_handler(error: Exception, context: dict[str, Any]) -> Response:
    """DRF's hook."""
    refusal = refusal_of(error)
    if refusal.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("api_failed", code=refusal.code, exc_info=error)
    request = context["request"]
    headers = _headers(error, refusal)
    if PROBLEM in request.headers.get("Accept", ""):
        response = Response(problem_body(refusal, instance=request.path), refusal.status_code, headers=headers)
        response.content_type = PROBLEM
        return response
    return Response(error_body(refusal), refusal.status_code, headers=headers)


def _headers(error: Exception, refusal: Refusal) -> dict[str, str]:
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = str(challenge)
    if refusal.code == "TOO_MANY_REQUESTS":
        headers["Retry-After"] = str(math.ceil(getattr(error, "wait", None) or RETRY_AFTER_SECONDS))
    return headers


_TOLD: Final[list[tuple[tuple[type[Exception], ...], Callable[[Any], Refusal]]]] = [
    ((Http404, exceptions.NotFound), lambda _error: Refusal("NOT_FOUND", "There is no such resource.")),
    (
        (exceptions.AuthenticationFailed, exceptions.NotAuthenticated),
        lambda _error: Refusal("UNAUTHORIZED", "Send a valid token as Authorization: Bearer."),
    ),
    (
        (exceptions.PermissionDenied, PermissionDenied),
        lambda error: Refusal("FORBIDDEN", _forbidden_message(error)),
    ),
    (
        (exceptions.Throttled,),
        lambda _error: Refusal("TOO_MANY_REQUESTS", "Too many requests; wait before the next."),
    ),
    ((exceptions.APIException,), _refusal_of_api_exception),
    ((DatabaseError,), lambda _error: Refusal("DB_ERROR", "The database did not answer as it should.")),
]
