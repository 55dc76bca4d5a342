"""What is published of draws (no token needed): cycles of pots, rounds of raffles, their tickets."""

from collections.abc import Iterator
from typing import Final
from uuid import UUID

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backoffice.api.gateway import GatewayView, address_of, parameter
from backoffice.api.limits import consume
from backoffice.api.schema import ref
from jackpots.queries.published_draws import (
    cycle_document,
    place_of,
    place_text,
    public_cycle,
    public_round,
    round_document,
    ticket_lines,
)

PART: Final = 2_000
READS_PER_MINUTE: Final = 120
_LINES: Final = 5_000


class _PublicDraws(GatewayView):
    authentication_classes = []
    permission_classes = []

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        """429 for too many reads from an address."""
        super().initial(request, *args, **kwargs)
        consume(f"draws:{address_of(request)}", limit=READS_PER_MINUTE, seconds=60)


class PublishedCycle(_PublicDraws):
    """A cycle of a pot: commitment, secret once it has ended, and every draw."""

    @extend_schema(
        operation_id="published_cycle",
        tags=["public"],
        auth=[],
        responses={200: ref("PublishedDraw"), 404: ref("Error"), 429: ref("Error")},
        parameters=[OpenApiParameter("after", str, description="Where a further part begins, as `next` says.")],
    )
    def get(self, request: Request, instance_id: UUID, pot: str, cycle: int) -> Response:
        """A part of the draws in the order of time, and the address of the next part."""
        found = public_cycle(instance_id, pot, cycle)
        asked = parameter(request, "after")
        document, following = cycle_document(found, after=place_of(asked) if asked else None, size=PART)
        address = reverse("public-draws-cycle", args=[instance_id, pot, cycle])
        return _open(Response(document | {"next": f"{address}?after={place_text(following)}" if following else None}))


class PublishedRound(_PublicDraws):
    """A round of a raffle: commitment; once it is drawn its secret, its root and who won, by ticket."""

    @extend_schema(
        operation_id="published_round",
        tags=["public"],
        auth=[],
        responses={200: ref("PublishedDraw"), 404: ref("Error"), 429: ref("Error")},
    )
    def get(self, _request: Request, instance_id: UUID, number: int) -> Response:
        """The round, with the address of its tickets."""
        document = round_document(public_round(instance_id, number))
        return _open(Response(document | {"tickets": reverse("public-draws-tickets", args=[instance_id, number])}))


class PublishedTickets(_PublicDraws):
    """The ticket list of a round as text, whose SHA-256 is the round's root."""

    @extend_schema(
        operation_id="published_tickets",
        tags=["public"],
        auth=[],
        responses={(200, "text/plain"): {"type": "string"}, 404: ref("Error"), 429: ref("Error")},
    )
    def get(self, _request: Request, instance_id: UUID, number: int) -> HttpResponseBase:
        """A line for each range: first number, how many, holder, contribution; empty until the round is frozen."""
        lines = ticket_lines(public_round(instance_id, number))
        answer = StreamingHttpResponse(_parts(lines), content_type="text/plain; charset=utf-8")
        answer.headers["Access-Control-Allow-Origin"] = "*"
        return answer


def _parts(lines: Iterator[str]) -> Iterator[str]:
    part: list[str] = []
    for line in lines:
        part.append(line)
        if len(part) == _LINES:
            yield "".join(part)
            part = []
    yield "".join(part)


def _open(answer: Response) -> Response:
    # No cookie and no token takes part, so that a page of any origin may read it.
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer
