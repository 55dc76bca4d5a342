"""Submit an integration: from now on nothing of it changes, and a second person decides."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec
from django.db import transaction

from backoffice.accounts.models import StaffUser
from backoffice.approvals.operations.request_approval import Request, request_approval
from backoffice.audit.record import Actor, Subject, record
from backoffice.core.errors import Refusal
from backoffice.core.fields import seal_json
from backoffice.tenancy.models import Brand
from backoffice.tenancy.scope import Scope
from integrations.kinds.base import Kind
from integrations.kinds.features import FEATURES
from integrations.kinds.registry import kinds
from integrations.models import Integration, IntegrationState, KindFlag
from integrations.operations.dry_run import dry_run, evidence_of, generated_samples
from integrations.queries.integrations import brands_of
from integrations.wire.connections import TITLES, KafkaConnection, RabbitConnection, read_connection
from integrations.wire.decoded import SettingsError
from integrations.wire.fingerprint import fingerprint, shown_settings
from integrations.wire.raw import RawMessage

APPROVAL = "integration.connect"
CREDENTIALS = ("username", "password")


@dataclass(frozen=True)
class Submission:
    """What is asked for. `settings` are the kind's, `connection` the transport's; `credentials` are sealed at once.

    `samples` are the messages that settings were tried with; without any, made-up ones stand in the request.
    """

    operator_id: str
    kind: str
    name: str
    transport: str
    settings: dict[str, Any]
    connection: dict[str, Any]
    reason: str
    credentials: dict[str, str] = field(default_factory=dict)
    copied_from: UUID | None = None
    samples: Sequence[RawMessage] = ()


def submit_integration(
    submission: Submission, *, submitted_by: StaffUser, scope: Scope, actor: Actor, now: datetime
) -> Integration:
    """Store the integration as awaiting approval, and ask for it.

    Refusal(INVALID_REQUEST) names the field at fault; Refusal(FORBIDDEN) where the kind is not enabled for the
    operator; Refusal(NOT_FOUND) for an operator or an original out of scope.
    """
    if not scope.sees_operator(submission.operator_id):
        raise Refusal("NOT_FOUND", "There is no such operator.")
    with transaction.atomic():
        kind = _enabled_kind(submission)
        settings = _checked(submission, kind, scope)
        name = _free_name(submission)
        integration = Integration(
            id=uuid4(),
            operator_id=submission.operator_id,
            kind=kind.slug,
            name=name,
            transport=submission.transport,
            settings=settings,
            sealed_credentials=_sealed(submission, kind, settings["kind"]),
            copied_from=_original(submission, scope),
            submitted_by=submitted_by,
            submitted_at=now,
            changed_at=now,
        )
        integration.save(force_insert=True)
        request = Request(
            kind=APPROVAL,
            operator_id=integration.operator_id,
            brand_id=_only_brand(integration),
            object_id=str(integration.pk),
            title=f"Connect {name} ({kind.title})",
            reason=submission.reason,
            after=_told(integration, kind),
            evidence=_evidence(kind, integration, submission.samples),
        )
        integration.approval = request_approval(request, requested_by=submitted_by, actor=actor, now=now)
        integration.save(update_fields=["approval"])
        subject = Subject("integration", str(integration.pk), name, integration.operator_id)
        record(actor, "integration.submitted", subject, at=now, after=_shown(integration), reason=submission.reason)
    return integration


def _only_brand(integration: Integration) -> str | None:
    """Whose request it is: one brand's, or the whole operator's."""
    served = brands_of(integration)
    return next(iter(served)) if len(served) == 1 else None


def _enabled_kind(submission: Submission) -> Kind:
    kind = kinds().get(submission.kind)
    if kind is None:
        raise Refusal("INVALID_REQUEST", f"There is no kind {submission.kind!r}.", "kind")
    names = {kind.slug: kind.title} | {slug: FEATURES[slug].title for slug in kind.requires}
    flags = KindFlag.objects.filter(operator_id=submission.operator_id, kind__in=names, is_enabled=True)
    enabled = set(flags.values_list("kind", flat=True))
    for slug, title in names.items():
        if slug not in enabled:
            needs = "" if slug == kind.slug else f"{kind.title} needs {title}, which "
            raise Refusal(
                "FORBIDDEN",
                f"{needs or f'{title} '}is not enabled for this operator; a platform admin enables it.",
                "kind",
            )
    if submission.transport not in kind.transports:
        raise Refusal("INVALID_REQUEST", f"{kind.title} does not travel over {submission.transport!r}.", "transport")
    return kind


def _checked(submission: Submission, kind: Kind, scope: Scope) -> dict[str, Any]:
    brands = Brand.objects.filter(operator_id=submission.operator_id, is_active=True).values_list("pk", flat=True)
    visible = {brand_id for brand_id in brands if scope.sees_brand(brand_id)}
    try:
        settings = kind.clean(submission.settings, visible)
        connection = read_connection(submission.transport, submission.connection)
    except SettingsError as error:
        raise Refusal("INVALID_REQUEST", error.message, error.field or None) from None
    sets = _credential_sets(kind, settings)
    for name in submission.credentials:
        if not any(name in names_of(credentials) for credentials in sets):
            raise Refusal("INVALID_REQUEST", f"There is no credential {name!r} here.", f"credentials.{name}")
    if isinstance(connection, RabbitConnection) and connection.server == "partner":
        _require(submission, "main")
    if isinstance(connection, KafkaConnection) and connection.server == "partner" and "sasl" in connection.security:
        for credentials in sets:
            _require(submission, credentials)
    return {"kind": settings, "connection": msgspec.to_builtins(connection)}


def _credential_sets(kind: Kind, settings: dict[str, Any]) -> list[str]:
    """The connection's own first, then those that topics need beside it."""
    return list(dict.fromkeys(["main", *(topic.credentials for topic in kind.topics(settings))]))


def _require(submission: Submission, credentials: str) -> None:
    whose = "" if credentials == "main" else f"{credentials} "
    for name in names_of(credentials):
        if not submission.credentials.get(name, "").strip():
            word = name.rpartition("_")[2]
            raise Refusal("INVALID_REQUEST", f"Give the {whose}{word} for the partner's broker.", name)


def names_of(credentials: str) -> tuple[str, ...]:
    """What a set of credentials is sealed as: `main` needs no word before it."""
    return CREDENTIALS if credentials == "main" else tuple(f"{credentials}_{name}" for name in CREDENTIALS)


def _free_name(submission: Submission) -> str:
    name = submission.name.strip()
    if not name or len(name) > 200:
        raise Refusal("INVALID_REQUEST", "Give a name of at most 200 characters.", "name")
    waiting_or_active = [IntegrationState.AWAITING_APPROVAL, IntegrationState.ACTIVE]
    if Integration.objects.filter(operator_id=submission.operator_id, name=name, state__in=waiting_or_active).exists():
        raise Refusal("INVALID_REQUEST", f"{name!r} is the name of another integration.", "name")
    return name


def _sealed(submission: Submission, kind: Kind, settings: dict[str, Any]) -> bytes | None:
    names = [name for credentials in _credential_sets(kind, settings) for name in names_of(credentials)]
    given = {name: value for name in names if (value := submission.credentials.get(name, ""))}
    return seal_json(given) if given else None


def _original(submission: Submission, scope: Scope) -> Integration | None:
    if submission.copied_from is None:
        return None
    originals = scope.rows(Integration.objects.filter(operator_id=submission.operator_id))
    original = originals.filter(pk=submission.copied_from).first()
    if original is None:
        raise Refusal("NOT_FOUND", "There is no such integration to copy.")
    return original


def _evidence(kind: Kind, integration: Integration, samples: Sequence[RawMessage]) -> dict[str, object]:
    """What the second person sees of the mapping at work, and which configuration it is that is approved."""
    settings = integration.settings["kind"]
    lines = dry_run(kind, settings, None, samples or generated_samples(kind, settings, integration.submitted_at))
    label = "dry run" if samples else "dry run of made-up messages"
    digest = fingerprint(integration.kind, integration.transport, integration.settings)
    return {"configuration": f"sha256:{digest}", label: evidence_of(lines)}


def _told(integration: Integration, kind: Kind) -> dict[str, object]:
    """The same in words, for who decides."""
    connection = {
        f"connection: {name.replace('_', ' ')}": value
        for name, value in shown_settings(integration.settings["connection"]).items()
    }
    return {
        "name": integration.name,
        "kind": kind.title,
        "transport": TITLES[integration.transport],
        "credentials": "set" if integration.sealed_credentials else "none",
        **connection,
        **{f"mapping: {label}": text for label, text in kind.describe(integration.settings["kind"])},
    }


def _shown(integration: Integration) -> dict[str, object]:
    """What the audit log shows: everything but the secrets."""
    return {
        "name": integration.name,
        "kind": integration.kind,
        "transport": integration.transport,
        "settings": integration.settings,
        "credentials": "set" if integration.sealed_credentials else "none",
    }
