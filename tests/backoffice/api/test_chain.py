"""Which requests go to the short chain of middleware."""

from collections.abc import Iterator

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from backoffice.api.gateway import GatewayView


def routes(resolver: URLResolver, before: str = "/") -> Iterator[tuple[str, object]]:
    """Every route with its view's class."""
    for one in resolver.url_patterns:
        path = f"{before}{one.pattern}"
        if isinstance(one, URLResolver):
            yield from routes(one, path)
        elif isinstance(one, URLPattern):
            yield path, getattr(one.callback, "cls", None)


def test_every_route_of_the_gateway_takes_the_short_chain() -> None:
    gateway = [
        path for path, view in routes(get_resolver()) if isinstance(view, type) and issubclass(view, GatewayView)
    ]
    assert "/event" in gateway
    assert [path for path in gateway if not path.startswith(settings.MACHINE_PATHS)] == []
