"""The content security policy: as settings say, and the live socket of this page's own host (rule B-28)."""

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.http.request import split_domain_port


def socket_origin(request: HttpRequest) -> str:
    """`ws://host:port` of the edge as this page reaches it: the page's host, the port of the settings."""
    host, _ = split_domain_port(request.get_host())
    return f"{'wss' if request.is_secure() else 'ws'}://{host}:{settings.EDGE_PORT}"


class PageSecurityMiddleware(CSPMiddleware):
    """Adds the socket's origin to `connect-src`; the rest of the policy stands in the settings."""

    def get_policy_parts(
        self,
        request: HttpRequest,
        response: HttpResponseBase,
        report_only: bool = False,  # noqa: FBT001, FBT002
    ) -> PolicyParts:
        """The policy of one answer."""
        parts = super().get_policy_parts(request, response, report_only)
        if not report_only and parts.config is None and parts.replace is None:
            update = dict(parts.update or {})
            update["connect-src"] = [*update.get("connect-src", []), socket_origin(request)]
            parts.update = update
        return parts
