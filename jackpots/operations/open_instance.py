"""Open an instance of a published template."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from backoffice.accounts.models import StaffUser
from backoffice.audit.record import Actor, record
from backoffice.core.errors import Refusal
from backoffice.core.fields import seal
from backoffice.core.zones import time_zones
from backoffice.tenancy.models import Brand
from backoffice.tenancy.scope import Scope
from jackpots.models import (
    Instance,
    InstanceBrand,
    InstanceState,
    JackpotType,
    Pot,
    PotCycle,
    StateChange,
    Template,
    TemplateState,
)
from jackpots.operations.change_state import subject_of
from jackpots.operations.create_template import check_owner
from jackpots.operations.post_transfer import (
    AccountKind,
    AccountRef,
    Posting,
    TransferKind,
    post_transfers,
    transfer_id,
)
from jackpots.operations.raffles.begin_round import begin_first_round
from jackpots.queries.templates import published_terms
from jackpots.randomness import commit, new_secret
from jackpots.rules.countries import normalise_country
from jackpots.rules.recurrence import Rule
from jackpots.rules.rounds import Duration, DurationUnit, kind_of
from jackpots.rules.schedule import EARLIEST, LATEST, Schedule, can_be_meant
from jackpots.wire.schedule import encode_rules


@dataclass(frozen=True, kw_only=True)
class NewInstance:
    """What is opened. `brand_id` None makes it the operator's. No allowed brand = every brand of the owner;
    no allowed source or country = no restriction. Without `starts_at` it starts at once. `recurrence_rules` restrict
    the hours; `time_zone` is that of the people who read them, and decides nothing."""

    template_id: UUID
    operator_id: str
    brand_id: str | None = None
    name: str
    allowed_brand_ids: tuple[str, ...] = ()
    allowed_sources: tuple[str, ...] = ()
    allowed_countries: tuple[str, ...] = ()
    blocked_countries: tuple[str, ...] = ()
    games: tuple[str, ...] = ()
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    recurrence_rules: tuple[Rule, ...] = ()
    time_zone: str = "UTC"


def open_instance(
    new: NewInstance, *, scope: Scope, created_by: StaffUser | None, actor: Actor, now: datetime
) -> Instance:
    """Make the instance with its pots, their first secrets, and the seeds that the house pays.

    Pending where it starts later, else Active. Refusal(NOT_FOUND) for a foreign owner, brand or template,
    Refusal(INVALID_REQUEST) for a template that is not published and for values that make no sense.
    """
    check_owner(scope, new.operator_id, new.brand_id)
    with transaction.atomic():
        template = _template(new, scope)
        _check(new, now)
        _check_schedule(new, template, now)
        instance = _instance(new, template, created_by=created_by, now=now)
        pots = _pots(instance, template, now)
        if instance.jackpot_type == JackpotType.RAFFLE:
            begin_first_round(instance, pots[0], published_terms(template.pk), now=now)
        _seed(instance, pots, now)
        after = {"state": instance.state, "template": str(template.pk), "pots": [pot.code for pot in pots]}
        record(actor, "instance.opened", subject_of(instance), at=now, after=after)
    return instance


def _template(new: NewInstance, scope: Scope) -> Template:
    rows = scope.rows(Template.objects.all(), brand_field="brand_id").filter(operator_id=new.operator_id)
    template = rows.filter(pk=new.template_id).first()
    if template is None or (template.brand_id is not None and template.brand_id != new.brand_id):
        raise Refusal("NOT_FOUND", "There is no such template.", "template_id")
    if template.state != TemplateState.PUBLISHED:
        raise Refusal("INVALID_REQUEST", "Only a published template can be opened.", "template_id")
    return template


def _check(new: NewInstance, now: datetime) -> None:
    if not new.name.strip() or len(new.name) > 200:
        raise Refusal("INVALID_REQUEST", "A jackpot needs a name of at most 200 characters.", "name")
    if new.ends_at is not None and new.ends_at <= max(new.starts_at or now, now):
        raise Refusal("INVALID_REQUEST", "The end must be after the start, and ahead.", "ends_at")
    for field in ("allowed_countries", "blocked_countries"):
        for country in getattr(new, field):
            if normalise_country(country) is None:
                raise Refusal("INVALID_REQUEST", f"{country[:10]!r} is no country of ISO 3166-1.", field)
    brands = Brand.objects.filter(operator_id=new.operator_id, pk__in=new.allowed_brand_ids)
    if new.brand_id is not None:
        brands = brands.filter(pk=new.brand_id)
    if brands.count() != len(set(new.allowed_brand_ids)):
        raise Refusal("NOT_FOUND", "There is no such brand.", "allowed_brands")


def _start(new: NewInstance, now: datetime) -> datetime | None:
    """Rules count their days and weeks from a start; what begins at once begins now."""
    return now if new.starts_at is None and new.recurrence_rules else new.starts_at


def _check_schedule(new: NewInstance, template: Template, now: datetime) -> None:
    if new.time_zone not in time_zones():
        raise Refusal("INVALID_REQUEST", f"{new.time_zone[:40]!r} is no time zone.", "time_zone")
    for field in ("starts_at", "ends_at"):
        if not can_be_meant(getattr(new, field)):
            raise Refusal("INVALID_REQUEST", f"The year is from {EARLIEST.year} to {LATEST.year - 1}.", field)
    schedule = Schedule(_start(new, now), new.ends_at, new.recurrence_rules)
    if schedule.next_open(max(schedule.starts_at or now, now)) is None:
        why = "By these rules no contribution is taken between the start and the end."
        raise Refusal("INVALID_REQUEST", why, "recurrence_rules")
    if template.jackpot_type == JackpotType.RAFFLE:
        _check_rounds(new, template, schedule)


def _check_rounds(new: NewInstance, template: Template, schedule: Schedule) -> None:
    if new.starts_at is None:
        raise Refusal(
            "INVALID_REQUEST", "A raffle needs a schedule: its rounds are counted from its start.", "starts_at"
        )
    if template.duration_count is None:
        raise Refusal("INVALID_REQUEST", "The template does not say how long a round is.", "template_id")
    try:
        kind_of(schedule, Duration(template.duration_count, DurationUnit(template.duration_unit)))
    except ValueError as error:
        raise Refusal("INVALID_REQUEST", f"This is no raffle: {error}.", "ends_at") from None


def _instance(new: NewInstance, template: Template, *, created_by: StaffUser | None, now: datetime) -> Instance:
    is_ahead = new.starts_at is not None and new.starts_at > now
    instance = Instance.objects.create(
        operator_id=new.operator_id,
        brand_id=new.brand_id,
        template=template,
        name=new.name.strip(),
        jackpot_type=template.jackpot_type,
        state=InstanceState.PENDING if is_ahead else InstanceState.ACTIVE,
        currency=template.currency,
        allowed_sources=list(new.allowed_sources),
        allowed_countries=[normalise_country(country) for country in new.allowed_countries],
        blocked_countries=[normalise_country(country) for country in new.blocked_countries],
        games=list(new.games),
        starts_at=_start(new, now),
        ends_at=new.ends_at,
        recurrence_rules=encode_rules(new.recurrence_rules),
        time_zone=new.time_zone,
        created_at=now,
        created_by=created_by,
        changed_at=now,
    )
    InstanceBrand.objects.bulk_create(
        InstanceBrand(operator_id=new.operator_id, instance=instance, brand_id=brand_id)
        for brand_id in dict.fromkeys(new.allowed_brand_ids)
    )
    StateChange.objects.create(
        operator_id=new.operator_id,
        instance=instance,
        from_state="",
        to_state=instance.state,
        changed_at=now,
        changed_by=created_by.email if created_by else "",
    )
    return instance


def _pots(instance: Instance, template: Template, now: datetime) -> list[Pot]:
    pots = [
        Pot(
            operator_id=instance.operator_id,
            instance=instance,
            code=described.code,
            position=described.position,
            slot=described.position,
            value_micros=described.initial_seed_micros,
            changed_at=now,
            **first_window(described.period_seconds, instance.starts_at or now),
        )
        for described in template.pots.order_by("position")
    ]
    Pot.objects.bulk_create(pots)
    PotCycle.objects.bulk_create(first_cycle(pot, now) for pot in pots)
    return pots


def first_window(period_seconds: int | None, starts_at: datetime) -> dict[str, datetime]:
    """The columns of a time pot's first window, which begins with a whole millisecond; none for any other pot."""
    if not period_seconds:
        return {}
    begins = starts_at.replace(microsecond=starts_at.microsecond // 1_000 * 1_000)
    return {"window_starts_at": begins, "window_ends_at": begins + timedelta(seconds=period_seconds)}


def first_cycle(pot: Pot, now: datetime) -> PotCycle:
    """The cycle the pot is in, with a fresh secret."""
    secret = new_secret()
    return PotCycle(
        operator_id=pot.operator_id,
        pot=pot,
        cycle=pot.cycle,
        commitment=bytes.fromhex(commit(secret)),
        sealed_secret=seal(secret),
        started_at=now,
        start_value_micros=pot.value_micros,
        window_starts_at=pot.window_starts_at,
        window_ends_at=pot.window_ends_at,
    )


def _seed(instance: Instance, pots: list[Pot], now: datetime) -> None:
    lines = {AccountRef(AccountKind.POT, pot.pk): pot.value_micros for pot in pots}
    lines[AccountRef(AccountKind.HOUSE_FUNDING, None, instance.brand_id)] = -sum(lines.values())
    opening = Posting(
        id=transfer_id(TransferKind.OPENING, str(instance.pk)),
        operator_id=instance.operator_id,
        instance_id=instance.pk,
        kind=TransferKind.OPENING,
        currency=instance.currency,
        occurred_at=now,
        lines=lines,
        reason="Initial seeds",
    )
    post_transfers([opening])
