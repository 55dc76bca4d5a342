"""Requests of machines are in the library's series, each once."""

from collections.abc import Callable

import pytest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import RequestFactory
from django.urls import resolve
from prometheus_client import REGISTRY

from backoffice.metrics.machines import MachineMetrics

PATH = "/jackpots/contribute/source"
VIEW = {"view": "gateway-contribute-source"}
POST = {"method": "POST"}
HTTP = {"transport": "http"}
REFUSED = {"status": "403"}
COUNTED: list[tuple[str, dict[str, str], float]] = [
    ("django_http_requests_before_middlewares_total", {}, 1),
    ("django_http_responses_before_middlewares_total", {}, 1),
    ("django_http_requests_total_by_method_total", POST, 1),
    ("django_http_requests_total_by_transport_total", HTTP, 1),
    ("django_http_requests_total_by_view_transport_method_total", VIEW | HTTP | POST, 1),
    ("django_http_responses_total_by_status_total", REFUSED, 1),
    ("django_http_responses_total_by_status_view_method_total", VIEW | POST | REFUSED, 1),
    ("django_http_responses_total_by_charset_total", {"charset": "utf-8"}, 1),
    ("django_http_requests_body_total_bytes_sum", {}, 7),
    ("django_http_responses_body_total_bytes_sum", {}, 4),
    ("django_http_requests_latency_seconds_by_view_method_count", VIEW | POST, 1),
    ("django_http_requests_latency_including_middlewares_seconds_count", {}, 1),
]


def values() -> list[float]:
    return [REGISTRY.get_sample_value(name, labels) or 0 for name, labels, _ in COUNTED]


def answered_by(get_response: Callable[[HttpRequest], HttpResponse]) -> None:
    request = RequestFactory().post(PATH, b"7 bytes", content_type="application/json")
    request.resolver_match = resolve(PATH)
    MachineMetrics(get_response)(request)


def test_a_request_is_counted_once_in_each_series() -> None:
    before = values()
    answered_by(lambda _request: HttpResponse(b"four", status=403))
    counted = [after - earlier for after, earlier in zip(values(), before, strict=True)]
    assert counted == [times for _, _, times in COUNTED]


def test_answers_in_pieces_are_counted_apart() -> None:
    name = "django_http_responses_streaming_total"
    before = REGISTRY.get_sample_value(name) or 0
    answered_by(lambda _request: StreamingHttpResponse([b"piece"]))  # type: ignore[return-value, arg-type]
    assert REGISTRY.get_sample_value(name) == before + 1


@pytest.mark.parametrize(("method", "length"), [("BREW", "7"), ("POST", "many")])
def test_what_strangers_make_up_is_no_label_and_no_failure(method: str, length: str) -> None:
    request = RequestFactory().generic(method, "/jackpots/nowhere", b"7 bytes")
    request.META["CONTENT_LENGTH"] = length
    MachineMetrics(lambda _request: HttpResponse(status=404))(request)
    labels = {"view": "<unnamed view>", "status": "404", "method": "<invalid method>" if method == "BREW" else method}
    assert REGISTRY.get_sample_value("django_http_responses_total_by_status_view_method_total", labels)
    assert not REGISTRY.get_sample_value("django_http_requests_total_by_method_total", {"method": "BREW"})
