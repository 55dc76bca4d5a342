"""Rows of the pages: who may open each, and who may send it something.

What is sent is an empty form: whoever may send is told what is missing (or nothing is), everybody else is refused.
"""

from collections.abc import Callable
from typing import Any

from backoffice.audit.models import AuditEntry
from backoffice.events.models import EventDeadLetter, OutboxEvent
from backoffice.web.models import SavedView
from campaigns.models import EventDefinition
from integrations.models import DeadLetter, FeedGap, FeedPosition, FeedStatus, LetterWork
from jackpots.models import Credit, PotCycle, RaffleRound
from jackpots.operations.link_instance import link_instance
from jackpots.queries.ledger import accounts, transfers
from tests.authorization import machines
from tests.authorization.matrix import ADMIN, ANALYST, DECIDERS, MANAGER, REQUESTERS, ROOT, VIEWERS, Ask, Row
from tests.campaigns.support import manager_of, player, told
from tests.cast import EUR, SYSTEM, Cast, quiet_draft
from tests.raffles import HOUR, bet, open_raffle, raffle_draft, resolved

APPROVE = {"act": "approve", "reason": "Yes."}
ANSWERED = frozenset((200, 302, 400, 422))
ADMINS = frozenset((ADMIN,))
ADMINS_AND_ROOT = frozenset((ADMIN, ROOT))
PLATFORM = frozenset((ROOT,))
TRAFFIC = frozenset((ADMIN, MANAGER, ROOT))

Make = Callable[[Cast], dict[str, Any]]


def _instance(cast: Cast) -> dict[str, Any]:
    return {"instance_id": cast.instance.pk}


def _raffle(cast: Cast) -> dict[str, Any]:
    return {"instance_id": open_raffle(cast.house).pk}


def _withheld_credit(cast: Cast) -> dict[str, Any]:
    return {"credit_id": Credit.objects.get(group_id=_drawn(cast, withhold_above_micros=EUR).pk).pk}


def _drawn(cast: Cast, **values: Any) -> RaffleRound:
    instance = open_raffle(cast.house, raffle_draft(**values))
    bet(cast.house, instance, "player_00001", 20, cast.now)
    return resolved(instance, cast.now + HOUR)


def _pot(cast: Cast) -> dict[str, Any]:
    return {"pot_id": cast.instance.pots.all()[0].pk}


def _suspension(cast: Cast) -> dict[str, Any]:
    return {"suspension_id": machines._suspended(cast).kwargs["pk"]}


def _over(cast: Cast) -> dict[str, Any]:
    return {"instance_id": machines._over(cast).kwargs["pk"]}


def _link(cast: Cast) -> dict[str, Any]:
    linked = cast.house.open(quiet_draft(brand_id=cast.owner_brand_id), brand_id=cast.owner_brand_id)
    link_instance(cast.instance.pk, linked.pk, scope=cast.house.scope, actor=SYSTEM, now=cast.now)
    return {"instance_id": cast.instance.pk, "linked_id": linked.pk}


def _template(cast: Cast) -> dict[str, Any]:
    return {"template_id": cast.template.pk}


def _draft(cast: Cast) -> dict[str, Any]:
    return {"template_id": machines._draft(cast).pk}


def _report(cast: Cast) -> dict[str, Any]:
    return {"template_id": cast.template.pk, "report_id": cast.house.simulate(cast.template).pk}


def _source(cast: Cast) -> dict[str, Any]:
    return {"source_key": cast.source.pk}


def _mapping(cast: Cast) -> dict[str, Any]:
    return {"source_key": cast.source.pk, "instance_id": cast.instance.pk}


def _integration(cast: Cast) -> dict[str, Any]:
    return {"key": machines._connected(cast).kwargs["pk"]}


def _win(cast: Cast) -> dict[str, Any]:
    return {"win_id": machines._win(cast).kwargs["pk"]}


def _withheld(cast: Cast) -> dict[str, Any]:
    return {"win_id": machines._withheld(cast).kwargs["pk"]}


def _dead_letter(cast: Cast) -> dict[str, Any]:
    integration = machines._submitted(cast)
    letter = DeadLetter.objects.create(
        operator=cast.operator,
        integration=integration,
        topic="replay",
        offset="1",
        raw=b"{}",
        digest=b"0" * 32,
        reason="not_json",
        received_at=cast.now,
        changed_at=cast.now,
    )
    return {"key": letter.pk}


def _dead_letters(cast: Cast) -> dict[str, Any]:
    _dead_letter(cast)
    return {}


def _letter_work(cast: Cast) -> dict[str, Any]:
    work = LetterWork.objects.create(
        operator=cast.operator,
        act="replay",
        letters=[_dead_letter(cast)["key"]],
        total=1,
        requested_by=cast.approver,
        requested_at=cast.now,
    )
    return {"key": work.pk}


def _tripped(cast: Cast) -> dict[str, Any]:
    kwargs = _integration(cast)
    FeedPosition.objects.create(
        operator=cast.operator,
        integration_id=kwargs["key"],
        topic="replay",
        status=FeedStatus.TRIPPED,
        moved_at=cast.now,
    )
    return kwargs


def _player(cast: Cast) -> dict[str, Any]:
    manager_of(cast).take(told(1))
    return {"profile_id": player().pk}


def _event_definition(cast: Cast) -> dict[str, Any]:
    manager_of(cast)
    return {"definition_id": EventDefinition.objects.order_by("pk")[0].pk}


def _gap(cast: Cast) -> dict[str, Any]:
    kwargs = _integration(cast)
    position = FeedPosition.objects.create(
        operator=cast.operator,
        integration_id=kwargs["key"],
        topic="topic",
        first_offset=0,
        status=FeedStatus.GAP,
        moved_at=cast.now,
    )
    FeedGap.objects.create(
        operator=cast.operator,
        integration_id=kwargs["key"],
        position=position,
        topic="topic",
        partition=0,
        from_offset=0,
        to_offset=5,
        reason="EXPIRED",
        found_at=cast.now,
    )
    return kwargs


def _event(cast: Cast) -> OutboxEvent:
    return OutboxEvent.objects.create(
        operator_id=cast.operator.pk,
        kind="JackpotWinEvent",
        object_id=str(cast.instance.pk),
        payload=b"{}",
        occurred_at=cast.now,
    )


def _event_letter(cast: Cast) -> dict[str, Any]:
    letter = EventDeadLetter.objects.create(
        operator_id=cast.operator.pk,
        subscriber="nobody",
        event=_event(cast),
        error="It failed.",
        first_failed_at=cast.now,
        last_failed_at=cast.now,
    )
    return {"pk": letter.pk}


def _draw(cast: Cast) -> dict[str, Any]:
    return {"cycle_id": PotCycle.objects.filter(pot__instance=cast.instance)[0].pk}


def _ended_cycle(cast: Cast) -> dict[str, Any]:
    machines._win(cast)
    return {"cycle_id": PotCycle.objects.get(operator=cast.operator, ended_at__isnull=False).pk}


def _transfer(cast: Cast) -> dict[str, Any]:
    return {"transfer_id": transfers(cast.house.scope).filter(instance=cast.instance)[0].pk}


def _account(cast: Cast) -> dict[str, Any]:
    return {"account_id": accounts(cast.house.scope).filter(instance=cast.instance)[0].pk}


def _audit_entry(cast: Cast) -> dict[str, Any]:
    return {"pk": AuditEntry.objects.filter(operator_id=cast.operator.pk)[0].pk}


def _approval(cast: Cast) -> dict[str, Any]:
    return {"pk": machines._pending(cast).kwargs["pk"]}


def _token(cast: Cast) -> dict[str, Any]:
    return {"pk": cast.service.pk, "token": cast.service.tokens.get().pk}


def _view(cast: Cast) -> dict[str, Any]:
    view = SavedView.objects.create(user=cast.manager, path="/office/instances/", name="Mine", saved_at=cast.now)
    return {"view_id": view.pk}


def _kind(cast: Cast) -> dict[str, Any]:
    machines._enabled(cast)
    return {"kind": "fasttrack"}


def _way(cast: Cast) -> dict[str, Any]:
    return _kind(cast) | {"transport": "replay"}


def see(
    routes: str,
    may: frozenset[str] = VIEWERS,
    make: Make | None = None,
    *,
    foreign: int | None = 404,
    seen: int = 200,
) -> list[Row]:
    """Pages that are only looked at. Without a thing in the address they are about the viewer's own."""
    return [
        Row(
            route=route,
            method="GET",
            may=may,
            ask=(lambda cast: Ask(make(cast))) if make else (lambda _cast: Ask()),
            foreign=foreign if make else None,
            yes=seen,
            for_people=True,
            nobody=302,
        )
        for route in routes.split()
    ]


def act(
    routes: str,
    may: frozenset[str],
    make: Make | None = None,
    *,
    foreign: int | None = 404,
    seen: int = 200,
) -> list[Row]:
    """Pages that take a form, seen and sent by the same people; some are only sent to and not there to be seen."""
    return [*see(routes, may, make, foreign=foreign, seen=seen), *send(routes, may, make, foreign=foreign)]


def send(routes: str, may: frozenset[str], make: Make | None = None, *, foreign: int | None = 404) -> list[Row]:
    """The forms of pages, where more may see than send."""
    return [
        Row(
            route=row.route, method="POST", may=may, ask=row.ask, foreign=row.foreign, for_people=True, nobody=302,
            is_form=True, yes=ANSWERED,
        )
        for row in see(routes, may, make, foreign=foreign)
    ]  # fmt: skip


JACKPOTS = [
    *see("instances templates sources contributions winners draws currencies dashboard dashboard_alarms liability"),
    *see("ledger_lines trial_balance search"),
    *see(
        "instance instance_contributions instance_draws instance_history instance_pots instance_schedule"
        " instance_winners",
        make=_instance,
    ),
    *see("raffles credits"),
    *see("instance_credits", make=_instance),
    *see("instance_rounds", make=_raffle),
    *see("round", make=lambda cast: {"round_id": _drawn(cast).pk}),
    *act("credits_settle", REQUESTERS, lambda cast: {"group_id": _drawn(cast).pk}),
    *act("credit_release credit_cancel", REQUESTERS, _withheld_credit),
    *see("template template_history template_instances template_simulation template_versions", make=_template),
    *see("template_report", make=_report),
    *see("simulation_policy"),
    *send("template_simulation", REQUESTERS, _draft),
    *send("simulation_policy", REQUESTERS),
    *see("source source_history", make=_source),
    *see("contribution", make=lambda cast: {"contribution_id": machines._contribution(cast).kwargs["pk"]}),
    *see("winner winner_history", make=_win),
    *see("draw", make=_draw),
    *see("draw_verify", make=_ended_cycle),
    *see("transfer", make=_transfer),
    *see("account", make=_account),
    *act("instance_open template_new source_new", REQUESTERS),
    *act("instance_schedule_preview template_preview", REQUESTERS, seen=404),
    *act("instance_pause instance_resume instance_activate instance_terminate", REQUESTERS, _instance),
    *act("template_edit template_delete template_publish", REQUESTERS, _draft),
    *act("template_new_version", REQUESTERS, _template),
    *act("source_map", REQUESTERS, _source),
    *act("source_unmap", REQUESTERS, _mapping),
    *act("winner_settle winner_withhold", REQUESTERS, _win),
    *act("winner_release winner_cancel", REQUESTERS, _withheld),
    *see("live"),
    *act("live_suspend", REQUESTERS),
    *act("live_resume", REQUESTERS, _suspension),
    *act("instance_links", REQUESTERS, _instance),
    *act("instance_unlink", REQUESTERS, _link),
    *act("instance_sweep", REQUESTERS, _over),
    *act("instance_switch", REQUESTERS, _instance),
    *act("instance_switch_preview", REQUESTERS, _instance, seen=404),
    *act("instance_boost instance_boost_refund", REQUESTERS, _instance),
    *see("pot", make=_pot, seen=302),
    *act("currencies_edit", ADMINS),
    *act("currencies_preview", ADMINS, seen=404),
    *see("exports", frozenset(VIEWERS - {ROOT})),
]

INTEGRATIONS = [
    *see("integrations marketplace dead_letters"),
    *see(
        "integration integration_charts integration_dead_letters integration_history integration_live"
        " integration_messages integration_rounds",
        make=_integration,
    ),
    *see("dead_letter dead_letter_history", make=_dead_letter),
    *see("letter_work letter_work_part", make=_letter_work),
    *send("letter_work", REQUESTERS, _letter_work),
    *see("kind", make=lambda _cast: {"kind": "fasttrack"}, foreign=None),
    *act("integration_copy integration_disconnect", REQUESTERS, _integration),
    *act("integration_restart", REQUESTERS, _tripped),
    *act("integration_accept_gap", REQUESTERS, _gap),
    *act("dead_letter_replay dead_letter_set_aside", REQUESTERS, _dead_letter),
    *act("dead_letters_replay dead_letters_set_aside", REQUESTERS, _dead_letters),
    *act(
        "integration_dry_run integration_samples integration_form_test integration_new", REQUESTERS, _way, foreign=None
    ),
    *act("integration_test", frozenset(REQUESTERS | DECIDERS), _integration, seen=302),
    *act("kinds", PLATFORM),
]

CAMPAIGNS = [
    *see("players data_events data_attributes data_channels data_ignored"),
    *see("player player_channels player_timeline player_history", VIEWERS - {ANALYST}, _player),
    *see("player_export", REQUESTERS, _player),
    *act("player_erase", REQUESTERS, _player),
    *act("data_event_segmentation", ADMINS_AND_ROOT, _event_definition),
]

KERNEL = [
    *see("approvals audit_log outbox event_dead_letters brands"),
    *see("approval", make=_approval),
    Row(
        route="approval",
        method="POST",
        may=DECIDERS,
        ask=lambda cast: Ask(_approval(cast), body=APPROVE),
        yes=302,
        no=422,
        nobody=302,
        for_people=True,
        is_form=True,
    ),
    *see("audit_entry", make=_audit_entry),
    *see("outbox_event", make=lambda cast: {"pk": _event(cast).pk}),
    *see("event_dead_letter", make=_event_letter),
    *see("brand", make=lambda cast: {"pk": cast.brand1.pk}),
    *see("outbox_cursors operators", PLATFORM),
    *see("operator", PLATFORM, lambda cast: {"pk": cast.operator.pk}),
    *see("staff service_accounts", ADMINS_AND_ROOT),
    *see("staff_member staff_history", ADMINS_AND_ROOT, lambda cast: {"pk": cast.analyst.pk}),
    *see("service_account service_account_history", ADMINS_AND_ROOT, lambda cast: {"pk": cast.service.pk}),
    *act("event_dead_letter_replay event_dead_letter_set_aside", REQUESTERS, _event_letter),
    *act("brand_new staff_new service_account_new", ADMINS),
    *act("brand_change", ADMINS, lambda cast: {"pk": cast.brand1.pk}),
    *act(
        "staff_change staff_invite staff_reset_password staff_end_sessions",
        ADMINS,
        lambda cast: {"pk": cast.analyst.pk},
    ),
    *act(
        "service_account_change service_account_password service_account_token",
        ADMINS,
        lambda cast: {"pk": cast.service.pk},
    ),
    *act("service_token_revoke", ADMINS, _token),
    *act("operator_new", PLATFORM),
    *act("operator_change operator_admin", PLATFORM, lambda cast: {"pk": cast.operator.pk}),
    *act("preferences leave_everywhere", VIEWERS),
    *act("demo_traffic demo_traffic_counters", TRAFFIC),
    Row(
        route="save_view",
        method="POST",
        may=VIEWERS,
        yes=frozenset((302, 404)),
        foreign=None,
        nobody=302,
        for_people=True,
        is_form=True,
    ),
    Row(
        route="remove_view",
        method="POST",
        may=frozenset((MANAGER,)),
        ask=lambda cast: Ask(_view(cast)),
        yes=302,
        no=404,
        nobody=302,
        for_people=True,
        is_form=True,
    ),
]

ROWS = JACKPOTS + CAMPAIGNS + INTEGRATIONS + KERNEL
