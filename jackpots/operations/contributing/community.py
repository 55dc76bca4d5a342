"""Share the pots that a batch wins with the community, by the strategies of their templates.

A pot is shared while the batch is settled in memory. Who may be chosen is read from the rows, which are as they were
before the batch, and the batch's own contributions up to the winning one are added.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

import msgspec
import psycopg
from django.db import connection

from jackpots.operations.contributing.batch import Accepted, Batch
from jackpots.queries.arrays import text_array
from jackpots.randomness import draw
from jackpots.rules.community import Candidate, PlayerKey, Shared, share_out
from jackpots.rules.countries import normalise_country
from jackpots.rules.credits import Credited, credited
from jackpots.rules.settled import Community, Contribution, PotState
from jackpots.rules.terms import StrategyTerms, TemplateTerms

# The weight of a player, by strategy; where contributions have no value each counts as one.
_WEIGHT: Final = "CASE WHEN o.contribution_micros = 0 THEN o.contribution_count ELSE o.contribution_micros END"
_WEIGHTS: Final = {
    "active": _WEIGHT,
    "lifetime": _WEIGHT,
    "per_win": "CASE WHEN o.pot_cycles[p.slot + 1] = %(cycle)s THEN o.pot_micros[p.slot + 1] ELSE 0 END",
}
_PLAYERS: Final = """
SELECT o.brand_id, o.player_id, o.currency, o.player_country, {weight}
FROM jackpots_optin o JOIN jackpots_pot p ON p.id = %(pot)s
WHERE o.operator_id = %(operator)s AND o.instance_id = %(instance)s AND (o.opted_in OR NOT %(opt_in)s)
  AND {condition}
"""
_ACTIVE: Final = "o.last_contributed_at >= %(since)s"
_HIGHEST: Final = "{weight} > 0 ORDER BY {weight} DESC, o.brand_id, o.player_id LIMIT %(most)s"
_THESE: Final = """(o.brand_id, o.player_id) IN (
    SELECT * FROM unnest(%(brands)s::text::text[], %(players)s::text::text[]))"""


@dataclass(slots=True)
class Player:
    """Somebody who may be chosen: what they are paid in, and where they play."""

    currency: str
    country: str


class CommunityCredit(msgspec.Struct, frozen=True):
    """What a player is to be credited; `paid` is None where there is no rate. `chosen` says by which strategies."""

    key: PlayerKey
    currency: str
    country: str
    value_micros: int
    paid: Credited | None
    chosen: tuple[dict[str, Any], ...]


class Sharing:
    """How the pot that one accepted contribution wins is shared: a ShareOut for settle_one()."""

    def __init__(self, batch: Batch, accepted: Accepted) -> None:
        self._batch = batch
        self._accepted = accepted
        self._players: dict[PlayerKey, Player] = {}

    def __call__(self, pot: PotState, _contribution: Contribution, value_micros: int) -> Community:
        """Choose the players, and divide."""
        terms = self._accepted.instance.terms
        request = self._accepted.claim.request
        excluded = (
            frozenset() if terms.community_includes_winner else frozenset({(request.brand_id, request.player_id)})
        )
        candidates = {one.position: self._candidates(one, pot) for one in terms.strategies}
        shared = share_out(
            terms.strategies,
            candidates,
            value_micros=value_micros,
            currency=terms.currency,
            excluded=excluded,
            draw_below=lambda part, n: draw(pot.secret, pot.draw_prefix, part, n),
        )
        return self._community(terms, shared)

    def _community(self, terms: TemplateTerms, shared: Shared) -> Community:
        to_winner = shared.unspent_micros if terms.community_unspent_to == "winner" else 0
        owed = tuple(self._credit(terms, shared, key, value) for key, value in shared.credits)
        return Community(
            winner_micros=shared.winner_micros + to_winner,
            community_micros=shared.community_micros,
            residual_micros=sum(credit.paid.payout.residual_micros for credit in owed if credit.paid is not None),
            unspent_micros=shared.unspent_micros - to_winner,
            credits=owed,
        )

    def _credit(self, terms: TemplateTerms, shared: Shared, key: PlayerKey, value_micros: int) -> CommunityCredit:
        player = self._players[key]
        paid = credited(
            value_micros, self._rates(key[0]), jackpot_currency=terms.currency, player_currency=player.currency
        )
        chosen = tuple(
            {"position": one.position, "value_micros": one.value_micros, "index": one.index, "of": one.eligible}
            for one in shared.chosen
            if one.key == key
        )
        return CommunityCredit(
            key, player.currency, normalise_country(player.country) or "", value_micros, paid, chosen
        )

    def _rates(self, brand_id: str) -> Mapping[str, Decimal]:
        config = self._batch.config
        return config.multipliers.get(brand_id, {}) if config is not None else {}

    def _candidates(self, strategy: StrategyTerms, pot: PotState) -> list[Candidate]:
        fresh = dict(self._of_batch(strategy, pot))
        weights: dict[PlayerKey, int] = {}
        for brand_id, player_id, currency, country, weight in self._read(strategy, pot, fresh):
            key = (brand_id, player_id)
            weights[key] = weight
            self._players.setdefault(key, Player(currency or self._accepted.instance.currency, country))
        for key, weight in fresh.items():
            weights[key] = weights.get(key, 0) + weight
        return [
            Candidate(key, max(weight, 1) if strategy.kind == "active" else weight) for key, weight in weights.items()
        ]

    def _of_batch(self, strategy: StrategyTerms, pot: PotState) -> Iterator[tuple[PlayerKey, int]]:
        """What the contributions of this batch, up to the winning one, add to the rows; nothing where the pot fell to
        one that was contributed before."""
        sums: dict[PlayerKey, int] = {}
        accepted = self._batch.accepted
        upto = next((place for place, one in enumerate(accepted, 1) if one is self._accepted), 0)
        for one in accepted[:upto]:
            if one.instance.key == self._accepted.instance.key and _counts(one, strategy, pot, self._accepted):
                request = one.claim.request
                key = (request.brand_id, request.player_id)
                sums[key] = sums.get(key, 0) + (one.terms.amount_micros or 1)
                self._players.setdefault(key, Player(request.currency, request.player_country))
        yield from sums.items()

    def _read(self, strategy: StrategyTerms, pot: PotState, fresh: Mapping[PlayerKey, int]) -> list[tuple[Any, ...]]:
        parameters = {
            "operator": self._batch.operator_id,
            "instance": self._accepted.instance.id,
            "opt_in": self._accepted.instance.terms.opt_in_required,
            "pot": pot.pot_id,
            "cycle": pot.cycle,
            "since": self._batch.now - timedelta(hours=strategy.hours or 0),
            # Whoever contributed in this batch may come to the top, and the winner may be among the highest.
            "most": strategy.count + len(fresh) + 1,
            "brands": text_array([key[0] for key in fresh]),
            "players": text_array([key[1] for key in fresh]),
        }
        weight = _WEIGHTS[strategy.kind]
        conditions = [_ACTIVE if strategy.kind == "active" else _HIGHEST.format(weight=weight), _THESE]
        found: dict[PlayerKey, tuple[Any, ...]] = {}
        self._batch.free_connection()
        with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
            for condition in conditions:
                query = _PLAYERS.format(weight=weight, condition=condition)
                found |= {(row[0], row[1]): row for row in cursor.execute(query, parameters).fetchall()}
        return list(found.values())


def _counts(one: Accepted, strategy: StrategyTerms, pot: PotState, winning: Accepted) -> bool:
    """Whether a contribution of the batch counts: since the pot's last win only those of its present cycle do."""
    if strategy.kind != "per_win" or one is winning:
        return True
    return any(line.pot_id == pot.pot_id and line.cycle == pot.cycle for line in one.settled.lines)
