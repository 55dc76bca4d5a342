"""The first tab of an integration: its feed while one looks, what becomes of messages, how it is reached."""

from typing import Any

from backoffice.core import clock
from integrations.kinds.registry import kinds
from integrations.web.integration import IntegrationBase
from integrations.web.live import chart_context, live_context
from integrations.wire.fingerprint import shown_settings


class IntegrationOverview(IntegrationBase):
    """`/office/integrations/<id>/`."""

    template_name = "integrations/overview.html"

    def context(self) -> dict[str, Any]:
        """The settings in words; of the credentials only that they are set."""
        row = self.integration
        kind = kinds().get(row.kind)
        connection = [
            (name.replace("_", " ").capitalize(), "yes" if value is True else "no" if value is False else str(value))
            for name, value in shown_settings(row.settings["connection"]).items()
        ]
        return {
            **super().context(),
            "mapping": kind.describe(row.settings["kind"]) if kind else [],
            "connection": connection,
            "is_testable": row.transport in {"rabbitmq", "kafka"},
            "has_credentials": row.sealed_credentials is not None,
            **live_context(row, self.health, clock.now()),
            **chart_context(row, clock.now()),
        }
