"""How often one person may have a partner's broker asked."""

from typing import Final

from rest_framework.exceptions import Throttled

from backoffice.accounts.models import StaffUser
from backoffice.api.limits import consume

LOOKS: Final = 10
SECONDS: Final = 60


class TooOften(Exception):  # noqa: N818 - a sentence for who clicks
    """The person asked too often; the text says when again."""


def one_more_look(user: StaffUser) -> None:
    """Count one more; TooOften after LOOKS within SECONDS."""
    try:
        consume(f"broker:{user.pk}", limit=LOOKS, seconds=SECONDS)
    except Throttled:
        raise TooOften(f"You asked {LOOKS} times within a minute. Wait a minute, then try again.") from None
