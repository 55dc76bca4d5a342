"""/healthz: the process lives. /readyz: it can do its work. JSON, for machines, without a login."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from backoffice.core import clock
from backoffice.health.checks import readiness


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers at all."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 where requests may be sent here, 503 where not; each part with its own word."""
    found = readiness(clock.now())
    return JsonResponse(found.as_json(), status=503 if found.status == "failing" else 200)
