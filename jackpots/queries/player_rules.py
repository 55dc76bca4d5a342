"""What the rules of a jackpot are made from: its terms, where and when it is open, and what it has committed to."""

from uuid import UUID

from backoffice.core.errors import Refusal
from backoffice.tenancy.models import Brand
from jackpots.models import Instance, PotCycle, ReportState, SimulationReport
from jackpots.queries.published_draws import public_instance
from jackpots.queries.templates import published_terms
from jackpots.rules.report import formulas
from jackpots.wire.player_rules.document import Commitment, Facts
from jackpots.wire.schedule import decode_rules


def rules_of(instance_id: UUID, brand_id: str | None = None) -> Facts:
    """The facts of an instance, for the players of one of its brands or of all.

    Refusal(NOT_FOUND) where there is no such instance, or where it is not open to the brand.
    """
    row = public_instance(instance_id)
    terms = published_terms(row.template_id)
    report = (
        SimulationReport.objects.filter(template_id=row.template_id, state=ReportState.COMPLETE, is_within_policy=True)
        .only("formulas")
        .first()
    )
    return Facts(
        name=row.name,
        state=row.state,
        version=row.template.version,
        since=row.template.published_at,
        terms=terms,
        figures=report.formulas if report is not None else formulas(terms),
        brands=_brands(row, brand_id),
        allowed_countries=tuple(row.allowed_countries),
        blocked_countries=tuple(row.blocked_countries),
        games=tuple(row.games),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        schedule=decode_rules(row.recurrence_rules),
        commitments=_commitments(row),
    )


def _brands(row: Instance, brand_id: str | None) -> tuple[str, ...]:
    rows = Brand.objects.filter(operator_id=row.operator_id, is_active=True)
    allowed = [one.brand_id for one in row.allowed_brands.all()]
    owner = [row.brand_id] if row.brand_id is not None else []
    if allowed or owner:
        rows = rows.filter(pk__in=allowed or owner)
    if brand_id is None:
        return tuple(rows.order_by("name").values_list("name", flat=True))
    found = rows.filter(pk=brand_id).first()
    if found is None:
        raise Refusal("NOT_FOUND", "There is no such jackpot.")
    return (found.name,)


def _commitments(row: Instance) -> tuple[Commitment, ...]:
    running = PotCycle.objects.filter(pot__instance=row, ended_at__isnull=True).select_related("pot")
    return tuple(
        Commitment(cycle.pot.code, cycle.cycle, bytes(cycle.commitment).hex())
        for cycle in running.order_by("pot__position")
        if cycle.pot.retired_at is None
    )
