"""Judge the claimed requests: answered before, refused, or accepted."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final, NamedTuple
from uuid import UUID

from backoffice.core.errors import Refusal
from backoffice.core.money import LIMIT_MICROS, convert_micros
from backoffice.core.statements import Statement, send
from jackpots.operations.contributing.batch import Accepted, Batch, Claim, Stored, Terms
from jackpots.operations.contributing.claim import Claimed, Gameround, instance_id_of
from jackpots.queries.arrays import array, text_array
from jackpots.queries.contribution_config import InstanceConfig, OperatorConfig, SourceConfig
from jackpots.rules.amounts import Multipliers, contribution_amounts
from jackpots.rules.contribution import ContributionRequest, ContributionResult
from jackpots.rules.eligibility import Attempt, Facts, choose, refusal, rule_refusal, suspension_refusal

Target = tuple[InstanceConfig, SourceConfig | None]
Player = tuple[str, str, str]


class Standing(NamedTuple):
    """How a player stands in an instance: opted in or not, and what is preferred, in which currency."""

    opted_in: bool
    preferred_micros: int | None
    currency: str


_ONE: Final = Decimal(1)
_PLACES: Final = Decimal(1).scaleb(-15)
_HIGHEST: Final = Decimal(1).scaleb(12)
_STRANGER: Final = Standing(opted_in=False, preferred_micros=None, currency="")
_STANDINGS: Final = Statement("""
SELECT o.instance_id::text, o.brand_id, o.player_id, o.opted_in, o.preferred_contribution_micros, o.currency
FROM unnest(%s::uuid[], %s::text[], %s::text[]) AS w (instance_id, brand_id, player_id)
JOIN jackpots_optin o ON o.operator_id = %s AND o.instance_id = w.instance_id AND o.brand_id = w.brand_id
 AND o.player_id = w.player_id
""")


class Judge:
    """Judges one batch by its configuration; equal questions are asked once."""

    def __init__(self, batch: Batch, claimed: Claimed) -> None:
        self._batch = batch
        self._config = batch.config
        self._claimed = claimed
        self._gamerounds = dict(claimed.gamerounds)
        self._first: dict[str, Claim] = {}
        self._targets: dict[tuple[str, str, str], Target | Refusal] = {}
        self._terms: dict[tuple[str, str, str, int | None], Terms | Refusal] = {}
        self._waiting: dict[str, list[int]] = {}
        self._standings: dict[Player, Standing] = {}

    def judge(self) -> None:
        """Answer what needs no settling, and list the accepted ones in the batch."""
        targets = [self._target(claim) for claim in self._batch.claims]
        self._standings = self._read_standings(targets)
        self._batch.answers[:] = [
            self._answered(place, claim, target)
            for place, (claim, target) in enumerate(zip(self._batch.claims, targets, strict=True))
        ]

    def repeats(self) -> Mapping[str, list[int]]:
        """The places of requests that repeat an accepted one of the same batch."""
        return self._waiting

    def _answered(self, place: int, claim: Claim, target: Target | Refusal) -> ContributionResult | Refusal | None:
        stored = self._claimed.stored.get(claim.key)
        if stored is not None:
            return replayed(claim, stored)
        first = self._first.get(claim.key)
        if first is not None:
            if first.digest != claim.digest:
                return conflict(claim.request)
            self._waiting.setdefault(claim.key, []).append(place)
            return None
        accepted = target if isinstance(target, Refusal) else self._accepted(place, claim, *target)
        if isinstance(accepted, Refusal):
            return accepted
        self._first[claim.key] = claim
        self._batch.accepted.append(accepted)
        return None

    def _accepted(
        self, place: int, claim: Claim, instance: InstanceConfig, source: SourceConfig | None
    ) -> Accepted | Refusal:
        request = claim.request
        standing = self._standings.get((instance.key, request.brand_id, request.player_id), _STRANGER)
        terms = self._terms_of(instance, request, standing)
        if isinstance(terms, Refusal):
            return terms
        base = convert_micros(request.base_wager_micros, terms.player_multiplier, terms.jackpot_multiplier)
        if not 0 <= request.base_wager_micros < LIMIT_MICROS or base >= LIMIT_MICROS:
            return Refusal("INVALID_REQUEST", "The bet must be from 0 to below 10^9 units.", "base_wager")
        refused = rule_refusal(instance.facts, opted_in=standing.opted_in, base_wager_micros=base)
        if refused is not None:
            return refused
        gameround: Gameround = (instance.key, request.brand_id, request.player_id, request.gameround_id)
        if self._gamerounds.setdefault(gameround, claim.key) != claim.key:
            return conflict(request)
        return Accepted(
            place,
            claim,
            instance,
            source.key if source else None,
            source.source_id if source else None,
            terms,
            base,
        )

    def _target(self, claim: Claim) -> Target | Refusal:
        request = claim.request
        key = (claim.target, request.brand_id, request.player_country)
        target = self._targets.get(key)
        if target is None:
            target = self._targets[key] = self._resolved(request)
        return target

    def _resolved(self, request: ContributionRequest) -> Target | Refusal:
        config = self._config
        if config is None or request.brand_id not in config.brands:
            return Refusal("UNSUPPORTED_BRAND", f"{request.brand_id}: this brand is not supported", "brand_id")
        found = _direct(config, request) if request.target_type == "instance" else _mapped(config, request, self._batch)
        if isinstance(found, Refusal):
            return found
        instance, source = found
        suspended = suspension_refusal(config.suspensions, request.brand_id, source.key if source else None)
        if suspended is not None:
            return suspended
        if request.target_type == "instance":
            attempt = Attempt(request.brand_id, request.player_country)
            refused = refusal(instance.facts, attempt, self._batch.now)
            if refused is not None:
                return refused
        if not instance.terms.is_operator_funded:
            return Refusal("CONTRIBUTION_REJECTED", "funding: players pay a part, and there is no wallet to debit")
        return found

    def _terms_of(self, instance: InstanceConfig, request: ContributionRequest, standing: Standing) -> Terms | Refusal:
        preferred = standing.preferred_micros if standing.currency == request.currency else None
        key = (instance.key, request.brand_id, request.currency, preferred)
        terms = self._terms.get(key)
        if terms is None:
            terms = self._terms[key] = self._converted(instance, request, preferred)
        return terms

    def _converted(
        self, instance: InstanceConfig, request: ContributionRequest, preferred: int | None
    ) -> Terms | Refusal:
        if request.currency == instance.currency:
            rates = Multipliers(_ONE, _ONE)
        else:
            multipliers = self._config.multipliers[request.brand_id] if self._config else {}
            of_jackpot, of_player = multipliers.get(instance.currency), multipliers.get(request.currency)
            if of_jackpot is None or of_player is None:
                missing = request.currency if of_player is None else instance.currency
                return Refusal(
                    "CURRENCY_MULTIPLIERS_NOT_FOUND",
                    f"{request.brand_id}: there is no multiplier for {missing}",
                    "currency",
                )
            rates = Multipliers(of_jackpot, of_player)
        amounts = contribution_amounts(instance.terms, request.currency, rates, preferred)
        rate = rates.of_player / rates.of_jackpot
        if amounts is None or not _PLACES <= rate < _HIGHEST:
            return Refusal(
                "CURRENCY_MULTIPLIERS_NOT_FOUND",
                f"{request.brand_id}: the multipliers of {instance.currency} and {request.currency} are too far apart",
                "currency",
            )
        return Terms(*amounts, *rates, rate.quantize(_PLACES))

    def _read_standings(self, targets: Sequence[Target | Refusal]) -> dict[Player, Standing]:
        asked: set[Player] = set()
        for claim, target in zip(self._batch.claims, targets, strict=True):
            if not isinstance(target, Refusal) and (target[0].facts.opt_in_required or target[0].terms.is_variable):
                asked.add((target[0].key, claim.request.brand_id, claim.request.player_id))
        if not asked:
            return {}
        players = list(asked)
        parameters = [
            array([player[0] for player in players]),
            text_array([player[1] for player in players]),
            text_array([player[2] for player in players]),
            self._batch.operator_id,
        ]
        return {(row[0], row[1], row[2]): Standing(*row[3:]) for row in send([(_STANDINGS, parameters)])[0]}


def replayed(claim: Claim, stored: Stored) -> ContributionResult | Refusal:
    """The stored answer, or the refusal of another payload under the same key."""
    if stored.digest != claim.digest:
        return conflict(claim.request)
    return ContributionResult(
        contribution_id=stored.contribution_id,
        contribution_micros=stored.contribution_micros,
        contribution_currency=stored.currency,
        gameround_id=claim.request.gameround_id,
        instance_id=stored.instance_id,
        metadata=claim.request.metadata,
        accepted_at=stored.accepted_at,
        win_micros=stored.win_micros,
        win_pot_id=stored.win_pot,
        win_withheld=stored.win_withheld,
        tickets_awarded=stored.tickets,
        rate=stored.rate,
        is_replay=True,
    )


def conflict(request: ContributionRequest) -> Refusal:
    """What another request under a key that is taken is told."""
    message = f"{request.gameround_id}: this game round was contributed with another payload or target"
    return Refusal("IDEMPOTENCY_CONFLICT", message, "gameround_id")


def _direct(config: OperatorConfig, request: ContributionRequest) -> Target | Refusal:
    instance_id = instance_id_of(request.target_id)
    instance = config.instance(instance_id) if instance_id else None
    if instance is None:
        return Refusal("NOT_FOUND", "There is no such jackpot.", "instance_id")
    return instance, None


def _mapped(config: OperatorConfig, request: ContributionRequest, batch: Batch) -> Target | Refusal:
    source = config.source(request.brand_id, request.target_id)
    if source is None:
        return Refusal("GAME_NOT_FOUND", request.target_id, "source_id")
    by_priority = [config.instances[key].facts for key in source.instance_ids if key in config.instances]
    chosen = choose(by_priority, Attempt(request.brand_id, request.player_country, source.source_id), batch.now)
    if not isinstance(chosen, Facts):
        return chosen
    return config.instances[UUID(chosen.instance_id)], source
