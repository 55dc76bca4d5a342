"""What can be done about a dead letter: replaying, setting aside."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.urls import reverse

from backoffice.core import clock
from backoffice.web.actor import actor_of
from backoffice.web.confirm import ConfirmForm, ConfirmPage
from backoffice.web.found import found_or_404
from backoffice.web.page import OfficeRequest
from integrations.models import DeadLetter, IntegrationState
from integrations.operations.replay_dead_letter import replay_dead_letter
from integrations.operations.set_aside_dead_letter import set_aside_dead_letter
from integrations.queries.dead_letters import dead_letter
from integrations.queries.integrations import brands_of, connected_of_kind
from integrations.web.dead_letters import letter_address
from integrations.wire.outcomes import Outcome


class ReplayForm(ConfirmForm):
    """With the integration whose mapping is used, where there is a choice."""

    through = forms.ChoiceField(
        label="Through",
        required=False,
        help_text="The same bytes are read with the mapping of this integration; the position stays its identity.",
    )

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["through"].choices = list(choices)  # type: ignore[attr-defined]
        self.order_fields(["through", "reason"])


class LetterAct(ConfirmPage):
    """An act on one letter."""

    right = "dead_letters.replay"
    reason_needed = False

    @cached_property
    def letter(self) -> DeadLetter:
        """The one of the address."""
        return found_or_404(lambda: dead_letter(self.request.scope, self.kwargs["key"]))

    def check_change(self) -> None:
        """The brands of its integration."""
        self.request.scope.check_change_of(brands_of(self.letter.integration))

    def crumbs(self) -> list[tuple[str, str]]:
        """The list and the letter."""
        return [("Dead letters", reverse("dead_letters")), (self.letter.reason, letter_address(self.letter))]

    def cancel(self) -> str:
        """Back to it."""
        return letter_address(self.letter)


class ReplayLetter(LetterAct):
    """`/office/dead-letters/<id>/replay/`."""

    title = "Replay a dead letter"
    submit_label = "Replay"

    def question(self) -> str:
        """Names the reason."""
        return f"Send this message ({self.letter.reason}) through its feed again?"

    def effects(self) -> Sequence[str]:
        """What can come of it."""
        return [
            "The same bytes take the same path, whole or not at all.",
            "A bet that is good now contributes now, once; one that contributed already does not contribute again.",
            "What still cannot be used goes on waiting here, with today's reason.",
        ]

    def make_form(self, data: Any = None) -> ConfirmForm:
        """With a choice of connected integrations of the kind."""
        return ReplayForm(data, reason_needed=False, choices=through_choices(self.request, [self.letter]))

    def perform(self, reason: str) -> str:
        """Back to the letter, whatever became of it."""
        through = self.request.POST.get("through") or None
        _, outcome = replay_dead_letter(
            self.letter.pk,
            scope=self.request.scope,
            actor=actor_of(self.request),
            now=clock.now(),
            through=UUID(through) if through else None,
        )
        tell(self.request, outcome)
        return letter_address(self.letter)


class SetAsideLetter(LetterAct):
    """`/office/dead-letters/<id>/set-aside/`."""

    title = "Set a dead letter aside"
    submit_label = "Set aside"
    reason_needed = True
    done = "Set aside. It can still be replayed."

    def question(self) -> str:
        """Names the reason."""
        return f"Set this message ({self.letter.reason}) aside?"

    def effects(self) -> Sequence[str]:
        """Nothing is lost."""
        return ["It no longer counts as waiting.", f"It can still be replayed for {settings.DEAD_LETTER_DAYS} days."]

    def perform(self, reason: str) -> str:
        """Back to the letter."""
        set_aside_dead_letter(
            self.letter.pk, reason=reason, scope=self.request.scope, actor=actor_of(self.request), now=clock.now()
        )
        return letter_address(self.letter)


def tell(request: OfficeRequest, outcome: Outcome) -> None:
    """What became of a replay."""
    if outcome.bucket == "dead":
        messages.warning(request, f"Still of no use: {outcome.code}. {outcome.detail}")
    else:
        messages.success(request, f"Replayed: {outcome.bucket}, {outcome.code}.")


def through_choices(request: OfficeRequest, letters: Sequence[DeadLetter]) -> list[tuple[str, str]]:
    """Connected integrations that all of the letters can be replayed through; their own, if connected, is the first."""
    owners = {letter.integration for letter in letters if letter.integration is not None}
    kinds = {(owner.kind, owner.operator_id) for owner in owners}
    own = [("", "Its own integration")] if any(owner.state == IntegrationState.ACTIVE for owner in owners) else []
    if len(kinds) != 1:
        return own
    kind, operator_id = kinds.pop()
    others = connected_of_kind(request.scope, kind, operator_id)
    return own + [(str(row.pk), row.name) for row in others if len(owners) > 1 or row not in owners]
