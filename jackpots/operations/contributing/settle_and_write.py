"""Settle what was accepted and write it, on pots that are locked; the server writes what it has while more is made."""

from collections.abc import Callable, Mapping, Sequence

from backoffice.core.statements import stream
from jackpots.operations.contributing.batch import Batch
from jackpots.operations.contributing.deadlines import pass_deadlines
from jackpots.operations.contributing.journal import INSERT, columns, prepare
from jackpots.operations.contributing.postings import contribution_ids
from jackpots.operations.contributing.settle import settle
from jackpots.operations.contributing.tickets import issue_tickets, ticket_calls
from jackpots.operations.contributing.write import write


def settle_and_write(
    batch: Batch, repeats: Mapping[str, Sequence[int]], answer: Callable[[], None] | None = None
) -> None:
    """Award what deadlines have left, then settle the accepted ones in the order given and write them, in the caller's
    transaction; `repeats` are the places of what repeats them, by key. `answer` is called once all are settled."""
    pass_deadlines(batch)
    may_end = any(pot.max_drops is not None for one in batch.accepted for pot in one.instance.terms.pots)
    with stream() as under_way:
        batch.under_way = under_way
        if may_end:
            # Whoever comes after the last drop leaves the batch, so that nothing of it can be sent before.
            settle(batch, batch.accepted, repeats)
        issue_tickets(batch)
        under_way.add(ticket_calls(batch))
        transfers = contribution_ids(batch)
        for part in prepare(batch):
            if not may_end:
                settle(batch, part.accepted, repeats)
            under_way.add([(INSERT, columns(part, transfers))])
        write(batch, under_way, answer)
