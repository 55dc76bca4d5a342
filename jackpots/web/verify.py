"""/verify/: what was committed to, what was told, recomputed. Open to everybody; nobody is named; needs no script."""

from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views import View
from rest_framework.exceptions import Throttled

from backoffice.api.limits import consume
from backoffice.core.errors import Refusal
from jackpots.models import Instance, JackpotType, PotCycle, RaffleRound
from jackpots.queries.cycle_check import check_part, keeps_its_word
from jackpots.queries.published_draws import (
    Place,
    cycle_document,
    place_of,
    place_text,
    public_cycle,
    public_instance,
    public_round,
    round_document,
)
from jackpots.queries.round_check import check_round

SCRIPT: Final = Path(settings.BASE_DIR) / "static" / "verify" / "potluck_verify.py"
LISTED: Final = 50
PART: Final = 50
WINNERS: Final = 50
PAGES_PER_MINUTE: Final = 60
_KEPT_SECONDS: Final = 3_600


class PublicPage(View):
    """A page for strangers, so many a minute from an address."""

    http_method_names = ["get", "head", "options"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """404 for what is not there, 429 for too many pages."""
        try:
            consume(f"verify:{request.META.get('REMOTE_ADDR', '')}", limit=PAGES_PER_MINUTE, seconds=60)
            return super().dispatch(request, *args, **kwargs)
        except Throttled:
            return TemplateResponse(request, "429.html", status=429)
        except Refusal as refusal:
            raise Http404(refusal.message) from None


class VerifyHome(PublicPage):
    """Asks which jackpot."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Leads to it, or says that there is none."""
        asked = request.GET.get("instance", "").strip()[:60]
        if asked:
            try:
                return HttpResponseRedirect(reverse("verify_instance", args=[public_instance(UUID(asked)).pk]))
            except (ValueError, Refusal):
                pass
        context = {"title": "Verify a draw", "asked": asked, "unknown": bool(asked)}
        return TemplateResponse(request, "verify/home.html", context)


class VerifyInstance(PublicPage):
    """The latest draws of a jackpot."""

    def get(self, request: HttpRequest, instance_id: UUID) -> HttpResponse:
        """Rounds of a raffle, cycles of the pots of any other."""
        instance = public_instance(instance_id)
        before = request.GET.get("before", "")
        limit = int(before) if before.isdecimal() and len(before) < 10 else None
        is_raffle = instance.jackpot_type == JackpotType.RAFFLE
        rows = _rounds(instance, limit) if is_raffle else _cycles(instance, limit)
        context = {
            "title": f"Draws of {instance.name}",
            "instance": instance,
            "rounds": rows[:LISTED] if is_raffle else None,
            "cycles": rows[:LISTED],
            "older": _last(rows[LISTED - 1][0]) if len(rows) > LISTED else "",
        }
        return TemplateResponse(request, "verify/instance.html", context)


class VerifyCycle(PublicPage):
    """One cycle of a pot, a part of its draws at a time."""

    def get(self, request: HttpRequest, instance_id: UUID, pot: str, cycle: int) -> HttpResponse:
        """The draws of the part recomputed."""
        row = public_cycle(instance_id, pot, cycle)
        asked = request.GET.get("after")
        after = place_of(asked) if asked else None
        document, following = cycle_document(row, after=after, size=PART)
        count, faults = _checked(row, after) if document["secret"] else (0, [])
        path = reverse("public-draws-cycle", args=[instance_id, pot, cycle])
        return _draw(
            request,
            row.pot.instance,
            document,
            heading=f"Pot {pot}, cycle {cycle:,}",
            row=row,
            faults=faults,
            verdict=f"All {count:,} draws on this page follow from the secret.",
            following=place_text(following) if following else "",
            data_path=path,
        )


class VerifyRound(PublicPage):
    """One round of a raffle."""

    def get(self, request: HttpRequest, instance_id: UUID, number: int) -> HttpResponse:
        """Its winners drawn again; what came of it is kept for a while, for a large round takes seconds."""
        row = public_round(instance_id, number)
        document = round_document(row)
        faults: list[str] = []
        is_kept = False
        if document["secret"]:
            name = f"verified:{row.pk}"
            kept = cache.get(name)
            is_kept = kept is not None
            faults = kept if kept is not None else check_round(row)[0]
            cache.set(name, faults, _KEPT_SECONDS)
        winners = document["winners"]
        return _draw(
            request,
            row.instance,
            document,
            heading=f"Round {number:,}",
            row=row,
            faults=faults,
            is_kept=is_kept,
            verdict=f"All {len(winners):,} winners follow from the secret and the {row.ticket_count:,} tickets.",
            winners=winners[:WINNERS],
            more_winners=max(0, len(winners) - WINNERS),
            data_path=reverse("public-draws-round", args=[instance_id, number]),
            tickets_path=reverse("public-draws-tickets", args=[instance_id, number]),
        )


class VerifyScript(PublicPage):
    """The script that recomputes a draw from published data."""

    def get(self, _request: HttpRequest) -> HttpResponse:
        """The file."""
        answer = HttpResponse(SCRIPT.read_bytes(), content_type="text/x-python; charset=utf-8")
        answer.headers["Content-Disposition"] = f'attachment; filename="{SCRIPT.name}"'
        return answer


def _draw(request: HttpRequest, instance: Instance, document: dict[str, Any], **context: Any) -> HttpResponse:
    shown = {
        "title": f"{context['heading']} of {instance.name}",
        "instance": instance,
        "document": document,
        "data_url": request.build_absolute_uri(context["data_path"]),
    }
    return TemplateResponse(request, "verify/draw.html", shown | context)


def _checked(row: PotCycle, after: Place | None) -> tuple[int, list[str]]:
    part = check_part(row, (after.at, after.contribution_id) if after else None, PART)
    faults = [] if keeps_its_word(row) else ["The secret is not what was committed to."]
    return part.draws, faults + [f"The draw of contribution {wrong} differs." for wrong in part.wrong]


def _rounds(instance: Instance, before: int | None) -> list[tuple[Any, str]]:
    rows = RaffleRound.objects.filter(instance=instance).order_by("-number")
    if before is not None:
        rows = rows.filter(number__lt=before)
    found = list(rows[: LISTED + 1])
    commitments = {
        cycle.cycle: bytes(cycle.commitment).hex()
        for cycle in PotCycle.objects.filter(pot__instance=instance, cycle__in=[row.number for row in found])
    }
    return [(row, commitments.get(row.number, "")) for row in found]


def _cycles(instance: Instance, before: int | None) -> list[tuple[Any, str]]:
    rows = PotCycle.objects.filter(pot__instance=instance).select_related("pot").order_by("-id")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [(row, bytes(row.commitment).hex()) for row in rows[: LISTED + 1]]


def _last(row: PotCycle | RaffleRound) -> int:
    return row.number if isinstance(row, RaffleRound) else row.pk
