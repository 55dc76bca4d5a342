"""Where a feed may connect to."""

from django.conf import settings

from backoffice.core.addresses import is_public
from backoffice.core.http import resolve
from integrations.feeds.base import TransportProblem
from integrations.models import FeedStatus


def vetted(host: str, port: int) -> str:
    """What to connect to: in production an address of the public Internet, unless the host is excepted by name."""
    if settings.ENVIRONMENT != "production" or {host, f"{host}:{port}"} & set(settings.OUTBOUND_ALLOWED_HOSTS):
        return host
    try:
        addresses = resolve(host, port)
    except OSError as error:
        raise TransportProblem(FeedStatus.WAITING, f"The host name leads nowhere: {said(error)}") from None
    if not addresses or not all(is_public(address) for address in addresses):
        raise TransportProblem(
            FeedStatus.REFUSED, "The host is not on the public Internet; OUTBOUND_ALLOWED_HOSTS can except it."
        )
    return addresses[0]


def said(error: BaseException) -> str:
    """The first line of what an error says, or its name."""
    return (str(error).splitlines() or [""])[0][:200] or type(error).__name__
