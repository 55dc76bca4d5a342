"""/metrics, for Prometheus: with METRICS_TOKEN as a Bearer token, or from this machine where none is set."""

import secrets
from ipaddress import ip_address

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from backoffice.metrics.gauges import registry

PROXIED = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via")


def may_scrape(request: HttpRequest) -> bool:
    """Whether the scraper shows the token; without one, whether it runs on this machine with no proxy between."""
    if settings.METRICS_TOKEN:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        return scheme.lower() == "bearer" and secrets.compare_digest(token.strip(), settings.METRICS_TOKEN)
    if any(header in request.headers for header in PROXIED):
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The series of this process, or of all web processes where PROMETHEUS_MULTIPROC_DIR is set; then our own."""
    if not may_scrape(request):
        raise PermissionDenied
    theirs: HttpResponse = ExportToDjangoView(request)
    return HttpResponse(theirs.content + generate_latest(registry()), content_type=CONTENT_TYPE_LATEST)
