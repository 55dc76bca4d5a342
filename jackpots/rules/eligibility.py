"""Who may contribute to which jackpot, and what the others are told."""

from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from backoffice.core.errors import Refusal
from jackpots.rules.countries import normalise_country
from jackpots.rules.schedule import Schedule
from jackpots.rules.states import accepts_contributions, accepts_opt_ins, effective_state

__all__ = ["Attempt", "Facts", "choose", "normalise_country", "refusal", "rule_refusal"]

RULE_SUSPENDED = "suspended"
RULE_STATE = "state"
RULE_SCHEDULE = "schedule"
RULE_OPT_IN = "opt_in_required"
RULE_MINIMUM = "minimum_base_wager"
RULE_MAXIMUM = "maximum_base_wager"


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What decides about an instance. Empty sets restrict nothing, save that blocked countries always are.

    `schedule` is there where rules restrict the hours between start and end.
    """

    instance_id: str
    state: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    schedule: Schedule | None = None
    brands: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    allowed_countries: frozenset[str] = frozenset()
    blocked_countries: frozenset[str] = frozenset()
    opt_in_required: bool = False
    minimum_base_wager_micros: int | None = None
    maximum_base_wager_micros: int | None = None


class Attempt(msgspec.Struct, frozen=True, gc=False):
    """Who asks. `source_id` is None where the instance was named directly; `country` is as it was sent."""

    brand_id: str
    country: str
    source_id: str | None = None


def refusal(facts: Facts, attempt: Attempt, now: datetime) -> Refusal | None:
    """Why the instance is not open to this attempt at `now`, or None if it is."""
    return _access(facts, attempt) or availability(facts, now)


def availability(facts: Facts, now: datetime) -> Refusal | None:
    """Why the instance takes no contributions at `now`, whoever asks: its state, its start, its hours."""
    state = effective_state(facts.state, facts.starts_at, facts.ends_at, now)
    if not accepts_contributions(state):
        return _rejected(RULE_STATE, f"the jackpot is {state.value}")
    if _not_begun(facts, now):
        return _rejected(RULE_SCHEDULE, "the jackpot has not begun")
    if facts.schedule is not None and not facts.schedule.is_open(now):
        return _rejected(RULE_SCHEDULE, f"outside the hours; {_next_open(facts.schedule, now)}")
    return None


def choose(by_priority: Iterable[Facts], attempt: Attempt, now: datetime) -> Facts | Refusal:
    """The first instance behind a source that is open to the attempt, else the refusal of the first of all."""
    first: Refusal | None = None
    for facts in by_priority:
        refused = refusal(facts, attempt, now)
        if refused is None:
            return facts
        first = first or refused
    return first or Refusal("SOURCE_JACKPOT_NOT_FOUND", f"{attempt.source_id}: no jackpot is mapped to this source")


def rule_refusal(facts: Facts, *, opted_in: bool, base_wager_micros: int) -> Refusal | None:
    """Which rule of the template the contribution fails. The bet is in the jackpot's currency."""
    if facts.opt_in_required and not opted_in:
        return _rejected(RULE_OPT_IN, "the player has not opted in")
    low, high = facts.minimum_base_wager_micros, facts.maximum_base_wager_micros
    if low is not None and base_wager_micros < low:
        return _rejected(RULE_MINIMUM, "the bet is below the smallest that contributes")
    if high is not None and base_wager_micros > high:
        return _rejected(RULE_MAXIMUM, "the bet is above the largest that contributes")
    return None


def opt_in_refusal(facts: Facts, attempt: Attempt, now: datetime, *, opting_in: bool) -> Refusal | None:
    """Why the player cannot opt in (or out) now. A paused jackpot takes both; leaving is refused only to strangers."""
    refused = _access(facts, attempt)
    if refused is not None or not opting_in:
        return refused
    state = effective_state(facts.state, facts.starts_at, facts.ends_at, now)
    if _not_begun(facts, now) or not accepts_opt_ins(state):
        return _rejected(RULE_STATE, f"the jackpot is {state.value} and takes no opt-ins")
    return None


class SuspendedScope(msgspec.Struct, frozen=True, gc=False):
    """What takes no contributions for now: a brand or a source (by its row), or everything where neither is named."""

    brand_id: str | None = None
    source_key: int | None = None


def suspension_refusal(suspensions: Iterable[SuspendedScope], brand_id: str, source_key: int | None) -> Refusal | None:
    """What a contribution of this brand by this source is told while one of these holds; why is not told."""
    for held in suspensions:
        if held.brand_id is None and held.source_key is None:
            return _rejected(RULE_SUSPENDED, "contributions are suspended")
        if held.brand_id is not None and held.brand_id == brand_id:
            return _rejected(RULE_SUSPENDED, "contributions of this brand are suspended")
        if held.source_key is not None and held.source_key == source_key:
            return _rejected(RULE_SUSPENDED, "contributions by this source are suspended")
    return None


def country_allowed(facts: Facts, country: str) -> bool:
    """Whether players of the country may take part. An unknown country may not where there is a rule."""
    if not facts.allowed_countries and not facts.blocked_countries:
        return True
    code = normalise_country(country)
    if code is None or code in facts.blocked_countries:
        return False
    return not facts.allowed_countries or code in facts.allowed_countries


def _access(facts: Facts, attempt: Attempt) -> Refusal | None:
    direct = attempt.source_id is None
    if facts.brands and attempt.brand_id not in facts.brands:
        if direct:
            return Refusal("UNSUPPORTED_BRAND", f"{attempt.brand_id}: the jackpot is not open to this brand")
        return Refusal("SOURCE_JACKPOTS_NOT_ALLOWED", f"{attempt.source_id}: the jackpot is not open to this brand")
    if not direct and facts.sources and attempt.source_id not in facts.sources:
        return Refusal("SOURCE_JACKPOTS_NOT_ALLOWED", f"{attempt.source_id}: the jackpot is not open to this source")
    if not country_allowed(facts, attempt.country):
        return Refusal("SOURCE_JACKPOTS_NOT_ALLOWED", "the jackpot is not open to players of this country")
    return None


def _next_open(schedule: Schedule, now: datetime) -> str:
    opens = schedule.next_open(now)
    if opens is None:
        return "they do not come again"
    return f"contributions are taken again from {opens.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _not_begun(facts: Facts, now: datetime) -> bool:
    return facts.starts_at is not None and now < facts.starts_at


def _rejected(rule: str, why: str) -> Refusal:
    return Refusal("CONTRIBUTION_REJECTED", f"{rule}: {why}")
