"""POST /jackpots/contribute/source and /instance under the web process: the lane's twin, one shape in and out."""

from typing import ClassVar

from django.db import connection
from django.http import HttpRequest, HttpResponse
from drf_spectacular.utils import extend_schema

from backoffice.api.direct import DirectView
from backoffice.api.gateway import account_of, body_of
from backoffice.api.schema import ref
from backoffice.core.errors import Refusal
from jackpots.combiner import combiner
from jackpots.wire.contribution import Target, decode_contribution, encode_result
from jackpots.wire.contribution_batch import MAX_BATCH_BYTES, decode_batch, encode_answers, requests_in


def _lend_connection() -> None:
    """Whoever waits for the combiner must not keep from it the connection that looked the token up."""
    if not connection.in_atomic_block:
        connection.close()


class _Contribute(DirectView):
    rights = {"POST": "contributions.make"}
    target: ClassVar[Target]

    def _contribute(self, request: HttpRequest) -> HttpResponse:
        account = account_of(request)
        contribution = decode_contribution(
            body_of(request), self.target, operator_id=account.operator_id, brand_ids=account.brand_ids
        )
        _lend_connection()
        result = combiner.submit(contribution).result()
        if isinstance(result, Refusal):
            raise result
        headers = {"Idempotent-Replay": "true"} if result.is_replay else {}
        return HttpResponse(encode_result(result), content_type="application/json", headers=headers)


class ContributeToSource(_Contribute):
    """Contribute to the jackpot that a source stands for (CON-01)."""

    target = "source"

    @extend_schema(
        operation_id="contribute_to_source",
        tags=["gateway"],
        request={"application/json": ref("ContributionToSource")},
        responses={200: ref("ContributionResult")},
    )
    def post(self, request: HttpRequest) -> HttpResponse:
        """Answered once it is settled. The same request again gets the same answer, with `Idempotent-Replay: true`."""
        return self._contribute(request)


class ContributeToInstance(_Contribute):
    """Contribute straight to a jackpot instance (CON-03)."""

    target = "instance"

    @extend_schema(
        operation_id="contribute_to_instance",
        tags=["gateway"],
        request={"application/json": ref("ContributionToInstance")},
        responses={200: ref("ContributionResult")},
    )
    def post(self, request: HttpRequest) -> HttpResponse:
        """Answered once it is settled. The same request again gets the same answer, with `Idempotent-Replay: true`."""
        return self._contribute(request)


class ContributeBatch(DirectView):
    """Many contributions at once, for event processors (B-07)."""

    rights = {"POST": "contributions.make"}

    @extend_schema(
        operation_id="contribute_batch",
        tags=["gateway"],
        request={"application/json": ref("ContributionBatch")},
        responses={200: ref("ContributionBatchResult")},
    )
    def post(self, request: HttpRequest) -> HttpResponse:
        """An answer for each contribution, in the same order: what it would have been told by itself. One that is
        refused, or is none at all, spoils no other. 413 over 500 contributions or 2 MiB."""
        account = account_of(request)
        body = body_of(request, MAX_BATCH_BYTES)
        items = decode_batch(body, operator_id=account.operator_id, brand_ids=account.brand_ids)
        _lend_connection()
        answers = combiner.answers(requests_in(items))
        return HttpResponse(encode_answers(items, answers), content_type="application/json")
