"""django-prometheus's series for the routes of machines, counted in one go."""

from collections.abc import Callable
from time import perf_counter
from typing import Final, NamedTuple

from django.http import HttpRequest, HttpResponse
from django_prometheus.middleware import Metrics
from prometheus_client import Counter, Histogram

METHODS: Final = frozenset(("GET", "HEAD", "POST", "PUT", "DELETE", "TRACE", "OPTIONS", "CONNECT", "PATCH"))
NO_METHOD: Final = "<invalid method>"
NO_VIEW: Final = "<unnamed view>"

Kind = tuple[str, str, str, int, str]


class _Series(NamedTuple):
    """What an answered request counts in."""

    counters: tuple[Counter, ...]
    latency: Histogram


class MachineMetrics:
    """In the place of the library's two middlewares, which look eight series up by their labels for each request: here
    those of a view, a method and a status are looked up once."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response
        self._metrics = Metrics.get_instance()
        self._series: dict[Kind, _Series] = {}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and count."""
        started = perf_counter()
        metrics = self._metrics
        metrics.requests_total.inc()
        response = self._get_response(request)
        kind = _kind(request, response)
        series = self._series.get(kind)
        if series is None:
            series = self._series[kind] = self._series_of(*kind)
        for counter in series.counters:
            counter.inc()
        length = request.META.get("CONTENT_LENGTH") or ""
        metrics.requests_body_bytes.observe(int(length) if length.isdecimal() else 0)
        if response.streaming:
            metrics.responses_streaming.inc()
        else:
            metrics.responses_body_bytes.observe(len(response.content))
        seconds = perf_counter() - started
        series.latency.observe(seconds)
        metrics.requests_latency_before.observe(seconds)
        metrics.responses_total.inc()
        return response

    def _series_of(self, view: str, method: str, transport: str, status: int, charset: str) -> _Series:
        metrics = self._metrics
        counters = (
            metrics.requests_by_method.labels(method=method),
            metrics.requests_by_transport.labels(transport=transport),
            metrics.requests_by_view_transport_method.labels(view=view, transport=transport, method=method),
            metrics.responses_by_status.labels(status=str(status)),
            metrics.responses_by_status_view_method.labels(status=str(status), view=view, method=method),
            metrics.responses_by_charset.labels(charset=charset),
        )
        return _Series(counters, metrics.requests_latency_by_view_method.labels(view=view, method=method))


def _kind(request: HttpRequest, response: HttpResponse) -> Kind:
    found = request.resolver_match
    view = NO_VIEW if found is None else found.view_name or NO_VIEW
    method = request.method if request.method in METHODS else NO_METHOD
    transport = "https" if request.is_secure() else "http"
    return view, str(method), transport, response.status_code, str(response.charset)
