"""What a round comes to as it is drawn: its winners, their credits, and what its pot gives and keeps."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from backoffice.core.ids import derived_id
from backoffice.tenancy.scope import Scope
from jackpots.models import Credit, CreditKind, CreditState, Instance, Pot, RaffleRound, TicketEntry, TicketRange
from jackpots.queries.currencies import currencies
from jackpots.randomness import draw, draw_prefix
from jackpots.rules.countries import normalise_country
from jackpots.rules.credits import Credited, credited
from jackpots.rules.raffle import Winner, awards, draw_winners, top_up
from jackpots.rules.seeding import Reseed
from jackpots.rules.terms import TemplateTerms
from jackpots.rules.tickets import TicketList

# In the detail of a credit that is to be withheld: for who has no rate yet it is read again when there is one.
TO_BE_WITHHELD: Final = "withheld"


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """A frozen round and everything that decides about its draw; pot and round are locked."""

    round: RaffleRound
    instance: Instance
    pot: Pot
    terms: TemplateTerms
    tickets: TicketList
    secret: bytes = field(repr=False)
    now: datetime

    def winners(self) -> list[Winner]:
        """Who wins what, from the secret and the root of the tickets."""
        prefix = draw_prefix(str(self.instance.pk), self.pot.code, self.round.number)
        given = awards(self.terms.prizes, pot_micros=self.pot.value_micros, currency=self.instance.currency)
        return draw_winners(
            given,
            self.tickets,
            per_player=self.terms.prizes_per_player,
            draw_below=lambda part, n: draw(self.secret, prefix, part, n),
        )


@dataclass(frozen=True, kw_only=True)
class Books:
    """How the pot's money moves: `funding` is added for prizes, `returned` leaves, `restart` starts it again."""

    funding_micros: int
    prizes_micros: int
    residual_micros: int
    returned_micros: int
    left_micros: int
    restart: Reseed


def books(drawing: Drawing, rows: Sequence[Credit], *, goes_on: bool) -> Books:
    """What is left after the prizes stays in the pot where it rolls over and there is a next round, else it returns to
    the funding it came from. A pot that does not go on is not started again."""
    pot, terms = drawing.pot, drawing.terms
    prizes = sum(credit.value_micros for credit in rows)
    funding = max(0, prizes - pot.value_micros)
    rest = pot.value_micros + funding - prizes
    returned = 0 if (goes_on and terms.rolls_over) or not terms.is_operator_funded else rest
    left = rest - returned
    residual = sum(credit.residual_micros for credit in rows)
    reserve = pot.seed_micros + residual
    restart = Reseed(0, 0, 0, 0, reserve, pot.boost_micros)
    if goes_on:
        restart = top_up(terms.pots[0], left, reserve_micros=reserve, boost_micros=pot.boost_micros)
    return Books(
        funding_micros=funding,
        prizes_micros=prizes,
        residual_micros=residual,
        returned_micros=returned,
        left_micros=left,
        restart=restart,
    )


def credits_of(drawing: Drawing, winners: Sequence[Winner]) -> list[Credit]:
    """A credit for each winner, at the rate of this moment; failed where there is none for the player's currency."""
    firsts = [drawing.tickets.first_number(winner.place) for winner in winners]
    rows = TicketRange.objects.filter(
        operator_id=drawing.round.operator_id, round=drawing.round, first_number__in=firsts
    )
    ranges = {row.first_number: row for row in rows}
    rates = _rates(drawing.round.operator_id, {row.brand_id for row in ranges.values()})
    withheld = _blocked(drawing)
    return [
        _credit(drawing, position, winner, ranges[first], rates, withheld)
        for position, (winner, first) in enumerate(zip(winners, firsts, strict=True), 1)
    ]


def _credit(
    drawing: Drawing,
    position: int,
    winner: Winner,
    owner: TicketRange,
    rates: dict[str, dict[str, Decimal]],
    blocked: frozenset[tuple[str, str]],
) -> Credit:
    paid = credited(
        winner.value_micros,
        rates[owner.brand_id],
        jackpot_currency=drawing.instance.currency,
        player_currency=owner.currency,
    )
    above = drawing.terms.withhold_above_micros
    is_withheld = (above is not None and winner.value_micros > above) or (owner.brand_id, owner.player_id) in blocked
    return Credit(
        id=credit_id(drawing.round.pk, position),
        operator_id=drawing.round.operator_id,
        brand_id=owner.brand_id,
        instance=drawing.instance,
        pot=drawing.pot,
        cycle=drawing.round.number,
        kind=CreditKind.PRIZE,
        group_id=drawing.round.pk,
        position=position,
        player_id=owner.player_id,
        player_currency=owner.currency,
        ticket_number=winner.ticket_number,
        prize_rank=winner.rank,
        detail={"draw": winner.draw, "holder": winner.holder, "contribution_id": str(owner.contribution_id)}
        | ({TO_BE_WITHHELD: True} if is_withheld else {}),
        value_micros=winner.value_micros,
        owed_at=drawing.now,
        changed_at=drawing.now,
        **paid_values(paid, is_withheld=is_withheld),
    )


def paid_values(paid: Credited | None, *, is_withheld: bool = False) -> dict[str, object]:
    """The columns of a credit that say what is paid, and whether it can be."""
    if paid is None:
        return {"state": CreditState.FAILED, "state_reason": "There is no rate for the player's currency."}
    return {
        "state": CreditState.WITHHELD if is_withheld else CreditState.OWED,
        "pay_micros": paid.payout.pay_micros,
        "cost_micros": paid.payout.cost_micros,
        "residual_micros": paid.payout.residual_micros,
        "rate": paid.rate,
    }


def credit_id(group_id: UUID, position: int) -> UUID:
    """The id of the credit at this place of a group: there can be only one."""
    return derived_id("credit", str(group_id), str(position))


def _rates(operator_id: str, brand_ids: set[str]) -> dict[str, dict[str, Decimal]]:
    scope = Scope(operator_id)
    return {
        brand_id: currencies(scope, operator_id=operator_id, brand_id=brand_id).multipliers for brand_id in brand_ids
    }


def _blocked(drawing: Drawing) -> frozenset[tuple[str, str]]:
    """The players of countries whose wins are withheld."""
    countries = frozenset(drawing.terms.withhold_countries)
    if not countries:
        return frozenset()
    rows = TicketEntry.objects.filter(operator_id=drawing.round.operator_id, round=drawing.round)
    players = rows.values_list("brand_id", "player_id", "player_country")
    return frozenset((brand, player) for brand, player, country in players if normalise_country(country) in countries)
