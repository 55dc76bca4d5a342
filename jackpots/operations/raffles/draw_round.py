"""Draw a round: the winners, what they are owed, and the pot's next start, in one transaction."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from backoffice.audit.record import Actor, record
from backoffice.core.fields import seal, unseal
from jackpots.models import Credit, CreditState, Instance, Pot, PotCycle, RaffleRound, RoundState
from jackpots.operations.change_state import subject_of
from jackpots.operations.post_transfer import (
    AccountKind,
    AccountRef,
    Posting,
    TransferKind,
    post_transfers,
    transfer_id,
)
from jackpots.operations.raffles.begin_round import begin_next_round, following_round
from jackpots.operations.raffles.drawing import Books, Drawing, books, credits_of
from jackpots.queries.rounds import OVER, ticket_list
from jackpots.queries.templates import published_terms
from jackpots.randomness import commit, new_secret
from jackpots.rules.tickets import TicketList

RAFFLES = Actor.system("raffles")


def draw_round(round_id: UUID, *, now: datetime, tickets: TicketList | None = None) -> bool:
    """Frozen → drawn. Whether it was this call.

    The result follows from the secret and the frozen tickets alone: whoever draws, and however often it was begun,
    comes to the same. `tickets` are those that were frozen, where the caller still has them. Written are a credit for
    each winner, the money, the end of the pot's cycle (which tells its secret), the next cycle and the next round.
    """
    with transaction.atomic():
        row = RaffleRound.objects.select_for_update(skip_locked=True).filter(pk=round_id, state=RoundState.FROZEN)
        found = row.first()
        if found is None:
            return False
        drawing = _drawing(found, tickets, now)
        winners = drawing.winners()
        rows = credits_of(drawing, winners)
        goes_on = _goes_on(drawing)
        moved = books(drawing, rows, goes_on=goes_on)
        Credit.objects.bulk_create(rows, batch_size=1_000)
        post_transfers(list(_postings(drawing, rows, moved)))
        _turn(drawing, moved, goes_on=goes_on)
        _write(drawing, rows, moved)
        return True


def _drawing(found: RaffleRound, tickets: TicketList | None, now: datetime) -> Drawing:
    instance = Instance.objects.get(pk=found.instance_id)
    pot = Pot.objects.select_for_update().get(pk=found.pot_id)
    cycle = PotCycle.objects.get(pot=pot, cycle=found.number)
    frozen = bytes(found.root or b"").hex()
    if tickets is None or tickets.root != frozen:
        tickets = ticket_list(found)
    if tickets.root != frozen:
        raise RuntimeError(f"the tickets of round {found.pk} are not those that were frozen")
    return Drawing(
        round=found,
        instance=instance,
        pot=pot,
        terms=published_terms(instance.template_id),
        tickets=tickets,
        secret=unseal(bytes(cycle.sealed_secret)),
        now=now,
    )


def _goes_on(drawing: Drawing) -> bool:
    if drawing.instance.state in OVER:
        return False
    following = following_round(drawing.instance, drawing.terms, ended_at=drawing.round.ends_at, now=drawing.now)
    return following is not None


def _postings(drawing: Drawing, rows: Sequence[Credit], moved: Books) -> Iterator[Posting]:
    pot, seed = AccountRef(AccountKind.POT, drawing.pot.pk), AccountRef(AccountKind.SEED, drawing.pot.pk)
    funding = AccountRef(AccountKind.HOUSE_FUNDING, None, drawing.instance.brand_id)
    withheld = sum(credit.cost_micros for credit in rows if credit.state == CreditState.WITHHELD)
    # What has no rate yet is payable in full; its residual is known once it has one.
    payable = moved.prizes_micros - moved.residual_micros - withheld
    yield _posting(drawing, TransferKind.PRIZE_FUNDING, {funding: -moved.funding_micros, pot: moved.funding_micros})
    yield _posting(
        drawing,
        TransferKind.PRIZE,
        {
            pot: -payable - withheld,
            AccountRef(AccountKind.PAYABLE): payable,
            AccountRef(AccountKind.WITHHELD): withheld,
        },
    )
    yield _posting(drawing, TransferKind.ROUNDING, {pot: -moved.residual_micros, seed: moved.residual_micros})
    yield _posting(drawing, TransferKind.RETURN, {pot: -moved.returned_micros, funding: moved.returned_micros})
    restart = moved.restart
    yield _posting(
        drawing,
        TransferKind.RESEED,
        {
            seed: -restart.from_reserve_micros,
            AccountRef(AccountKind.BOOST, drawing.pot.pk): -restart.from_boost_micros,
            funding: -restart.deficit_micros,
            pot: restart.seed_micros,
        },
    )


def _posting(drawing: Drawing, kind: TransferKind, lines: dict[AccountRef, int]) -> Posting:
    return Posting(
        id=transfer_id(kind, str(drawing.round.pk)),
        operator_id=drawing.round.operator_id,
        instance_id=drawing.instance.pk,
        kind=kind,
        currency=drawing.instance.currency,
        occurred_at=drawing.now,
        lines=lines,
        reason=f"Round {drawing.round.number}",
        subject_id=drawing.round.pk,
    )


def _turn(drawing: Drawing, moved: Books, *, goes_on: bool) -> None:
    """End the cycle that was drawn; where the raffle goes on, begin the next with its round and its commitment."""
    pot, now = drawing.pot, drawing.now
    PotCycle.objects.filter(pot=pot, cycle=drawing.round.number).update(ended_at=now)
    pot.value_micros = moved.left_micros + moved.restart.seed_micros
    pot.seed_micros = moved.restart.reserve_left_micros
    pot.boost_micros = moved.restart.boost_left_micros
    pot.version += 1
    pot.changed_at = now
    if goes_on:
        pot.cycle += 1
        secret = new_secret()
        PotCycle.objects.create(
            operator_id=pot.operator_id,
            pot=pot,
            cycle=pot.cycle,
            commitment=bytes.fromhex(commit(secret)),
            sealed_secret=seal(secret),
            started_at=now,
            start_value_micros=pot.value_micros,
        )
        begin_next_round(drawing.instance, pot, drawing.terms, ended_at=drawing.round.ends_at, now=now)
    pot.save(update_fields=["value_micros", "seed_micros", "boost_micros", "cycle", "version", "changed_at"])


def _write(drawing: Drawing, rows: Sequence[Credit], moved: Books) -> None:
    row = drawing.round
    row.state = RoundState.DRAWN
    row.drawn_at = drawing.now
    row.outcome = {
        "winners": len(rows),
        "prizes": sum(prize.count for prize in drawing.terms.prizes),
        "pot_micros": moved.left_micros + moved.returned_micros + moved.prizes_micros - moved.funding_micros,
        "prizes_micros": moved.prizes_micros,
        "funding_micros": moved.funding_micros,
        "returned_micros": moved.returned_micros,
    }
    row.save(update_fields=["state", "drawn_at", "outcome"])
    after = {
        "round": row.number,
        "tickets": row.ticket_count,
        "winners": len(rows),
        "root": bytes(row.root or b"").hex(),
    }
    record(RAFFLES, "raffle.drawn", subject_of(drawing.instance), at=drawing.now, after=after)
