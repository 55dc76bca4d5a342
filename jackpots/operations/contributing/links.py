"""Linked instances: what was contributed to one is contributed to those it is linked to, and no further.

Each link is a batch of its own, in a savepoint after the main one is written: what fails there is counted and logged,
and stops neither the main one nor another link. Gates, rounds and pots of all are locked before anything is settled, so
that nobody waits for anybody in a circle. The answers are the main one's.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Final
from uuid import UUID

import msgspec
import structlog
from django.db import connection, transaction

from backoffice.core.errors import Refusal
from backoffice.core.ids import derived_id
from jackpots.operations.contributing.again import passes_by_itself
from jackpots.operations.contributing.batch import Accepted, Batch, Claim
from jackpots.operations.contributing.claim import Claimed
from jackpots.operations.contributing.judge import Judge
from jackpots.operations.contributing.settle import lock_pots
from jackpots.operations.contributing.settle_and_write import settle_and_write
from jackpots.operations.contributing.tickets import hold_rounds
from jackpots.operations.contributing.write import count_refusals, write_alone
from jackpots.queries.contribution_config import InstanceConfig

log = structlog.get_logger(__name__)

_FAILED: Final = Refusal("SYSTEM_ERROR", "The linked jackpot could not be contributed to.")


class Link:
    """What follows the accepted contributions of a batch to one linked instance."""

    def __init__(self, main: Batch, linked: UUID, parents: list[Accepted]) -> None:
        self._main = main
        self._linked = linked
        self._parents = parents
        self.instance: InstanceConfig | None = main.config.instance(linked) if main.config else None
        self._claims = {accepted.claim.key: _claim(accepted, linked) for accepted in parents}
        self._held: Batch | None = None
        if self.instance is not None and self.instance.terms.is_raffle:
            # The rounds' locks come before the pots'.
            self._held = self._judged(parents)
            hold_rounds(self._held, {})

    def follow(self) -> None:
        """Contribute to the linked instance, all at once, or one by one where that fails."""
        kept = {accepted.claim.key for accepted in self._main.accepted}
        parents = [accepted for accepted in self._parents if accepted.claim.key in kept]
        if not parents or self._is_followed(parents):
            return
        if len(parents) > 1:
            parents = [accepted for accepted in parents if not self._is_followed([accepted])]
        failed = self._batch(parents)
        failed.answers = [_FAILED] * len(parents)
        count_refusals(failed)

    def _is_followed(self, parents: list[Accepted]) -> bool:
        try:
            with transaction.atomic():
                batch = self._ready(parents)
                if batch.accepted:
                    lock_pots(batch)
                    settle_and_write(batch, {})
                else:
                    write_alone(batch)
        except Exception as error:
            if passes_by_itself(error) or connection.connection is None or connection.connection.closed:
                # The whole batch is tried again, this link with it.
                raise
            log.exception("link_failed", linked=str(self._linked), count=len(parents))
            return False
        return True

    def _ready(self, parents: list[Accepted]) -> Batch:
        """A raffle's batch as it was judged and its round held; judged anew where somebody has left it, where it was
        tried before, and where the main batch went to the same raffle and counted its round on."""
        held, self._held = self._held, None
        if held is not None and len(parents) == len(held.claims) and str(self._linked) not in self._main.pots:
            return held
        batch = self._judged(parents)
        hold_rounds(batch, {})
        return batch

    def _judged(self, parents: list[Accepted]) -> Batch:
        batch = self._batch(parents)
        judge = Judge(batch, Claimed(None, {}, {}))
        judge.judge()
        by_key = {claim.key: parent for claim, parent in zip(batch.claims, parents, strict=True)}
        for accepted in batch.accepted:
            accepted.parent_key = by_key[accepted.claim.key].claim.key
        return batch

    def _batch(self, parents: list[Accepted]) -> Batch:
        claims = [self._claims[parent.claim.key] for parent in parents]
        return Batch(self._main.operator_id, self._main.now, claims, [None] * len(claims), config=self._main.config)


def links_of(batch: Batch) -> list[Link]:
    """The links of what was accepted, in the order of the instances' ids."""
    if batch.config is None or not batch.config.links:
        return []
    parents: dict[UUID, list[Accepted]] = {}
    for accepted in batch.accepted:
        for linked in batch.config.links.get(accepted.instance.id, ()):
            parents.setdefault(linked, []).append(accepted)
    return [Link(batch, linked, parents[linked]) for linked in sorted(parents)]


def raffles_fed(batch: Batch) -> set[str]:
    """The raffles that what was accepted so far is linked to: their rounds are locked with those of the main ones."""
    config = batch.config
    if config is None or not config.links:
        return set()
    linked = {key for accepted in batch.accepted for key in config.links.get(accepted.instance.id, ())}
    found = [config.instance(key) for key in linked]
    return {instance.key for instance in found if instance is not None and instance.terms.is_raffle}


def instances_of(links: Iterable[Link]) -> list[InstanceConfig]:
    """The linked instances, whose pots are locked with the main ones."""
    return [link.instance for link in links if link.instance is not None]


def _claim(parent: Accepted, linked: UUID) -> Claim:
    linked_id = str(linked)
    target = f"instance:{linked_id}"
    request = msgspec.structs.replace(parent.claim.request, target_type="instance", target_id=linked_id)
    contribution_id = derived_id("linked", parent.claim.key, linked_id)
    return Claim(
        request, contribution_id, str(contribution_id), target, sha256(target.encode() + parent.claim.digest).digest()
    )
