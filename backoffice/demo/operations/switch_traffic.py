"""Start and stop the traffic generator."""

from datetime import datetime

from backoffice.demo.models import Traffic


def switch_traffic(*, is_running: bool, now: datetime) -> Traffic:
    """The generator looks at the switch once a second."""
    traffic, _ = Traffic.objects.update_or_create(pk=1, defaults={"is_running": is_running, "changed_at": now})
    return traffic
