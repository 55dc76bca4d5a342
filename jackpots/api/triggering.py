"""POST /jackpots/instances/jackpot/:instance_id/pots/:pot_id/trigger: arm a pot from outside."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backoffice.accounts.viewer import scope_of
from backoffice.api.gateway import GatewayView, account_of, body_of
from backoffice.api.schema import ref
from backoffice.audit.record import Actor
from backoffice.core import clock
from backoffice.core.clock import epoch_ms
from backoffice.core.errors import Refusal
from jackpots.operations.trigger_pot import PotTriggering, trigger_pot
from jackpots.wire.pot_trigger import decode_trigger


class TriggerPot(GatewayView):
    """Arm a pot whose template allows it; whoever contributes next wins it."""

    rights = {"POST": "pots.trigger"}

    @extend_schema(
        operation_id="trigger_pot",
        tags=["gateway"],
        request={"application/json": ref("PotTriggerRequest")},
        responses={200: ref("PotTrigger")},
    )
    def post(self, request: Request, instance_id: str, pot_id: str) -> Response:
        """The same `trigger_id` again is the same act, and gets the same answer."""
        account = account_of(request)
        sent = decode_trigger(body_of(request))
        try:
            key = UUID(instance_id)
        except ValueError:
            raise Refusal("NOT_FOUND", "There is no such instance.", "instance_id") from None
        asked = PotTriggering(instance_id=key, pot_code=pot_id, trigger_id=sent.trigger_id, reason=sent.reason)
        made = trigger_pot(asked, scope=scope_of(account), actor=Actor.service(account), now=clock.now())
        return Response(
            {
                "instance_id": str(key),
                "pot_id": pot_id,
                "trigger_id": made.trigger_id,
                "timestamp": epoch_ms(made.triggered_at),
            }
        )
