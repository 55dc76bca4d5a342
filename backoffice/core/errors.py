"""Refusals with the code and the status that callers rely on (spec: ERR-01…11, B-06, G-07)."""

from http import HTTPStatus
from typing import Final

PROBLEM: Final = "application/problem+json"
STATUS_BY_CODE = {
    "CONTRIBUTION_REJECTED": 409,
    "GAME_NOT_FOUND": 404,
    "RAFFLE_NOT_FOUND": 404,
    "SOURCE_JACKPOT_NOT_FOUND": 404,
    "SOURCE_JACKPOTS_NOT_ALLOWED": 403,
    "UNSUPPORTED_BRAND": 403,
    "CURRENCY_MULTIPLIERS_NOT_FOUND": 422,
    "OPTIN_ERROR": 500,
    "DB_ERROR": 500,
    "SYSTEM_ERROR": 500,
    "INVALID_REQUEST": 400,
    "UNAUTHORIZED": 401,
    "FORBIDDEN": 403,
    "NOT_FOUND": 404,
    "PAYLOAD_TOO_LARGE": 413,
    "IDEMPOTENCY_CONFLICT": 422,
    "TOO_MANY_REQUESTS": 429,
}


class Refusal(Exception):  # noqa: N818 - a refusal is an answer as much as an exception
    """What the caller is told: `code` of STATUS_BY_CODE, a message for people, the field it is about."""

    def __init__(self, code: str, message: str, field: str | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.field = field

    @property
    def status_code(self) -> int:
        """The HTTP status that goes with the code."""
        return STATUS_BY_CODE[self.code]


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
