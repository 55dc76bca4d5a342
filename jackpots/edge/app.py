"""The hot lane: contributions over plain ASGI, beside Django's request stack, and the process's health."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import structlog
from django.db import connection

from backoffice.accounts.models import ServiceAccount
from backoffice.accounts.rights import has_right
from backoffice.api.errors import OtherRefusal, refusal_of
from backoffice.api.token_cache import TokenCache
from backoffice.core import json
from backoffice.core.errors import Refusal
from backoffice.health.checks import Readiness
from jackpots.edge.exchange import Exchange, GoneError, Receive, Scope, Send
from jackpots.rules.contribution import ContributionRequest, ContributionResult
from jackpots.wire.contribution import Target, decode_contribution, encode_result
from jackpots.wire.contribution_batch import MAX_BATCH_BYTES, decode_batch, encode_answers, requests_in

log = structlog.get_logger(__name__)

Submit = Callable[[ContributionRequest], Awaitable[ContributionResult | Refusal]]
SubmitAll = Callable[[Sequence[ContributionRequest]], Awaitable[list[ContributionResult | Refusal]]]

TARGETS: Final[dict[str, Target]] = {
    "/jackpots/contribute/source": "source",
    "/jackpots/contribute/instance": "instance",
}


BATCH: Final = "/jackpots/contribute/batch"


class Lane:
    """An ASGI application of three paths and two of health. `submit` and `submit_all` are the combiner's."""

    def __init__(
        self, submit: Submit, submit_all: SubmitAll, tokens: TokenCache, readiness: Callable[[], Readiness]
    ) -> None:
        self._submit = submit
        self._submit_all = submit_all
        self._tokens = tokens
        self._readiness = readiness

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One HTTP request."""
        exchange = Exchange(scope, receive, send)
        try:
            await self._serve(exchange)
        except GoneError:
            return
        except Refusal as refusal:
            await exchange.refuse(refusal)
        except Exception as error:
            told = refusal_of(error)
            log.exception("lane_failed", code=told.code, request_id=exchange.request_id.decode("latin-1"))
            await exchange.refuse(told)

    async def _serve(self, exchange: Exchange) -> None:
        target = TARGETS.get(exchange.path)
        if target is None and exchange.path != BATCH:
            await self._other(exchange)
            return
        account = self._tokens.known(exchange.token) or await self._account(exchange)
        if exchange.method != "POST":
            raise OtherRefusal(405, f'Method "{exchange.method}" not allowed.')
        if not has_right(account, "contributions.make"):
            raise Refusal("FORBIDDEN", "You have no right to this.")
        if target is None:
            await self._batch(exchange, account)
            return
        body = await exchange.body()
        request = decode_contribution(body, target, operator_id=account.operator_id, brand_ids=account.brand_ids)
        result = await self._submit(request)
        if isinstance(result, Refusal):
            raise result
        await exchange.answer(encode_result(result), is_replay=result.is_replay)

    async def _batch(self, exchange: Exchange, account: ServiceAccount) -> None:
        body = await exchange.body(MAX_BATCH_BYTES)
        items = decode_batch(body, operator_id=account.operator_id, brand_ids=account.brand_ids)
        answers = await self._submit_all(requests_in(items))
        await exchange.answer(encode_answers(items, answers))

    async def _account(self, exchange: Exchange) -> ServiceAccount:
        account = await asyncio.to_thread(self._looked_up, exchange.token)
        if account is None:
            raise Refusal("UNAUTHORIZED", "Send a valid token as Authorization: Bearer.")
        return account

    def _looked_up(self, token: str) -> ServiceAccount | None:
        try:
            return self._tokens.account(token) if token else None
        finally:
            connection.close()

    async def _other(self, exchange: Exchange) -> None:
        if exchange.path not in {"/healthz", "/readyz"}:
            raise Refusal("NOT_FOUND", "There is no such resource.")
        if exchange.method not in {"GET", "HEAD"}:
            raise OtherRefusal(405, f'Method "{exchange.method}" not allowed.')
        if exchange.path == "/healthz":
            await exchange.answer(json.encode({"status": "ok"}))
            return
        found = await asyncio.to_thread(self._readiness)
        await exchange.answer(json.encode(found.as_json()), status=503 if found.status == "failing" else 200)
