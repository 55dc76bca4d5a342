"""One form of error: the seeds' {status_code, code, message}, and problem+json for who asks for it (RFC 9457)."""

import math
from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

from backoffice.core.errors import STATUS_BY_CODE, Refusal

log = structlog.get_logger(__name__)
PROBLEM = "application/problem+json"
RETRY_AFTER_SECONDS = 1


def error_body(refusal: Refusal) -> dict[str, object]:
    """The seeds' Error structure; `field` is added where the refusal is about one."""
    body: dict[str, object] = {"status_code": refusal.status_code, "code": refusal.code, "message": refusal.message}
    if refusal.field:
        body["field"] = refusal.field
    return body


def problem_body(refusal: Refusal, *, instance: str) -> dict[str, object]:
    """The same as a problem document."""
    body: dict[str, object] = {
        "type": f"/docs/errors/#{refusal.code.lower().replace('_', '-')}",
        "title": HTTPStatus(refusal.status_code).phrase,
        "status": refusal.status_code,
        "detail": refusal.message,
        "instance": instance,
        "code": refusal.code,
    }
    if refusal.field:
        body["field"] = refusal.field
    return body


def refusal_of(error: Exception) -> Refusal:
    """What the caller is told about any exception; what we did not foresee tells nothing."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, Http404 | exceptions.NotFound):
        return Refusal("NOT_FOUND", "There is no such resource.")
    if isinstance(error, exceptions.AuthenticationFailed | exceptions.NotAuthenticated):
        return Refusal("UNAUTHORIZED", "Send a valid token as Authorization: Bearer.")
    if isinstance(error, exceptions.PermissionDenied | PermissionDenied):
        return Refusal("FORBIDDEN", _forbidden_message(error))
    if isinstance(error, exceptions.Throttled):
        return Refusal("TOO_MANY_REQUESTS", "Too many requests; wait before the next.")
    if isinstance(error, exceptions.APIException):
        return _refusal_of_api_exception(error)
    if isinstance(error, DatabaseError):
        return Refusal("DB_ERROR", "The database did not answer as it should.")
    return Refusal("SYSTEM_ERROR", "Something failed on our side.")


def _forbidden_message(error: Exception) -> str:
    reason = str(getattr(error, "detail", ""))
    return f"{reason.rstrip('.')}." if reason.startswith("CSRF") else "You have no right to this."


def _refusal_of_api_exception(error: exceptions.APIException) -> Refusal:
    if isinstance(error, exceptions.ValidationError) and isinstance(error.detail, dict):
        field, messages = next(iter(error.detail.items()))
        first = messages[0] if isinstance(messages, list) else messages
        return Refusal("INVALID_REQUEST", str(first), str(field))
    refusal = Refusal("INVALID_REQUEST", str(error.detail))
    if error.status_code not in {refusal.status_code, STATUS_BY_CODE["INVALID_REQUEST"]}:
        return OtherRefusal(error.status_code, str(error.detail))
    return refusal


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
