"""What people and machines are told when a request fails: the status, what to do, and the request's id."""

from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from structlog.contextvars import get_contextvars

from backoffice.core.errors import PROBLEM, Refusal, error_body, problem_body

PAGES = ("/office/", "/accounts/", "/admin/", "/docs/")


@dataclass(frozen=True)
class Failure:
    """One kind of failure."""

    status: int
    code: str
    title: str
    text: str


BAD = Failure(
    400, "INVALID_REQUEST", "This request could not be understood", "Nothing was changed. Go back and try again."
)
REFUSED = Failure(403, "FORBIDDEN", "This is not yours to see", "Your role does not include it. Ask an operator admin.")
MISSING = Failure(404, "NOT_FOUND", "There is nothing here", "The address is mistyped, or belongs to another operator.")
BROKEN = Failure(
    500,
    "SYSTEM_ERROR",
    "Something failed on our side",
    "What you sent was not saved, unless a page said so. Try again; if it fails again, give us the id below.",
)
OLD_FORM = Failure(
    403, "FORBIDDEN", "This form has grown old", "Nothing was changed. Load the page again and resend it."
)


def current_request_id() -> str:
    """The id that the logs of this request carry."""
    return str(get_contextvars().get("request_id", ""))


def _wants_page(request: HttpRequest) -> bool:
    return request.path == "/" or request.path.startswith(PAGES)


def _machine_answer(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    if PROBLEM in request.headers.get("Accept", ""):
        body = problem_body(refusal, instance=request.path)
        return JsonResponse(body, status=refusal.status_code, content_type=PROBLEM)
    return JsonResponse(error_body(refusal), status=refusal.status_code)


def answer(request: HttpRequest, failure: Failure) -> HttpResponse:
    """A page for people, the gateway's JSON for machines."""
    if not _wants_page(request):
        return _machine_answer(request, Refusal(failure.code, failure.title))
    context: dict[str, Any] = {"failure": failure, "title": failure.title}
    template = "errors/part.html" if request.headers.get("HX-Request") == "true" else "errors/failure.html"
    return render(request, template, context, status=failure.status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler400."""
    return answer(request, BAD)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler403."""
    said = str(exception)
    return answer(request, replace(REFUSED, text=said) if said else REFUSED)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler404."""
    return answer(request, MISSING)


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500."""
    return answer(request, BROKEN)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF_FAILURE_VIEW."""
    return answer(request, OLD_FORM)
