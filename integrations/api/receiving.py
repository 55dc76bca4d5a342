"""POST /event: partners push events of players to us, one by one."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backoffice.accounts.viewer import scope_of
from backoffice.api.gateway import GatewayView, account_of, body_of
from backoffice.api.schema import ref
from backoffice.core import clock
from integrations.kinds.thrilldrops.decode import IDEMPOTENCY_KEY
from integrations.operations.receive_event import receive_event

KEY = OpenApiParameter(
    IDEMPOTENCY_KEY,
    str,
    OpenApiParameter.HEADER,
    description="Identity of the event, at most 128 characters. The same key again has no second effect.",
)


class ReceiveEvent(GatewayView):
    """Take an event of a player for campaigns (DRP-02)."""

    rights = {"POST": "events.send"}

    @extend_schema(
        operation_id="send_event",
        tags=["gateway"],
        parameters=[KEY],
        request={"application/json": ref("PlayerEvent")},
        responses={200: ref("EventReceipt")},
    )
    def post(self, request: Request) -> Response:
        """Answered once the event has had its effect. Sent again it is a `duplicate`, known by the header
        `Idempotency-Key`, else by `event_id` or `message_id`, else by its transactions, else by its content."""
        received = receive_event(
            body_of(request),
            idempotency_key=request.headers.get(IDEMPOTENCY_KEY),
            scope=scope_of(account_of(request)),
            now=clock.now(),
        )
        return Response({"status": received.status, "code": received.code, "event": received.event})
