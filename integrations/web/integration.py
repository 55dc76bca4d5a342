"""One integration: what it is, what its feed does, what it brought, who decided what."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.urls import reverse

from backoffice.accounts.players import shown_player
from backoffice.core import clock
from backoffice.web import render
from backoffice.web.found import found_or_404
from backoffice.web.objects import Fact, HistoryPanel, ObjectPage, Tab
from backoffice.web.page import Action
from integrations.kinds.registry import kinds
from integrations.models import FeedStatus, Integration, IntegrationState
from integrations.queries.dead_letters import dead_letters, waiting_count
from integrations.queries.feeds import FeedHealth, feed_health, tallies, waiting_gaps
from integrations.queries.integrations import brands_of, integration
from integrations.queries.messages import feed_messages, game_rounds
from integrations.web.looks import REPLAY, feed_look, kind_title
from integrations.wire.connections import TITLES
from integrations.wire.fingerprint import fingerprint

SHOWN = 50


class IntegrationBase(ObjectPage):
    """What every tab has: the object, its facts, its acts."""

    right = "integrations.view"

    @cached_property
    def integration(self) -> Integration:
        """The one of the address."""
        return found_or_404(lambda: integration(self.request.scope, self.kwargs["key"]))

    @cached_property
    def health(self) -> FeedHealth:
        """Its feed, as of now."""
        return feed_health(self.integration, clock.now())

    @cached_property
    def digest(self) -> str:
        """Which configuration it is; the approver saw the same."""
        row = self.integration
        return fingerprint(row.kind, row.transport, row.settings)

    def check_change(self) -> None:
        """The brands whose messages it brings."""
        self.request.scope.check_change_of(brands_of(self.integration))

    def crumbs(self) -> list[tuple[str, str]]:
        """The list."""
        return [("Integrations", reverse("integrations"))]

    def name(self) -> str:
        """As submitted."""
        return self.integration.name

    def object_state(self) -> str:
        """Of the integration, not of the feed."""
        return self.integration.state

    def facts(self) -> Sequence[Fact]:
        """The line below the name."""
        row = self.integration
        facts = [
            Fact("Id", str(row.pk), copy=str(row.pk)),
            Fact("Kind", kind_title(row.kind), url=reverse("kind", args=[row.kind]) if row.kind in kinds() else ""),
            Fact("Transport", TITLES.get(row.transport, row.transport)),
            Fact("Submitted by", row.submitted_by.email),
            Fact("Since", render.when(row.changed_at)),
            Fact("Configuration", f"{self.digest[:12]}…", copy=self.digest),
        ]
        if row.copied_from is not None:
            facts.append(Fact("Copy of", row.copied_from.name, url=reverse("integration", args=[row.copied_from.pk])))
        return facts

    def tabs(self) -> Sequence[Tab]:
        """Each with an address."""
        row = self.integration
        waiting = waiting_count(self.request.scope, row.pk)
        names = (
            ("Overview", "integration", None),
            ("Messages", "integration_messages", None),
            *([("Game rounds", "integration_rounds", None)] if has_rounds(row) else []),
            ("Dead letters", "integration_dead_letters", waiting),
            ("History", "integration_history", None),
        )
        return [Tab(label, reverse(name, args=[row.pk]), count) for label, name, count in names]

    def primary(self) -> Action | None:
        """The act that is next: the decision, or the feed that was stopped."""
        row = self.integration
        if row.state == IntegrationState.AWAITING_APPROVAL and row.approval_id:
            return Action("Open the request", reverse("approval", args=[row.approval_id]), "checks", "approvals.view")
        if row.state == IntegrationState.ACTIVE and self.health.status == FeedStatus.TRIPPED:
            address = reverse("integration_restart", args=[row.pk])
            return Action("Start the feed again", address, "player-play", "integrations.submit")
        if row.state == IntegrationState.ACTIVE and self.health.status == FeedStatus.GAP and waiting_gaps(row.pk):
            address = reverse("integration_accept_gap", args=[row.pk])
            return Action("Go on without them", address, "player-play", "integrations.submit")
        return None

    def menu(self) -> Sequence[Action]:
        """The other acts."""
        row = self.integration
        copy = reverse("integration_copy", args=[row.pk])
        acts = [
            Action("Duplicate as new", copy, "copy", "integrations.submit", makes_own=True),
        ]
        if row.state == IntegrationState.ACTIVE:
            address = reverse("integration_disconnect", args=[row.pk])
            acts.append(Action("Disconnect", address, "plug-connected-x", "integrations.disconnect", danger=True))
        return acts

    def context(self) -> dict[str, Any]:
        """With the feed, and whether samples stand in for a partner."""
        row = self.integration
        look, word = feed_look(self.health)
        return {
            **super().context(),
            "row": row,
            "health": self.health,
            "feed_state": look,
            "feed_word": word,
            "is_replay": row.transport == REPLAY,
            "live_url": reverse("integration_live", args=[row.pk]),
            "charts_url": reverse("integration_charts", args=[row.pk]),
        }


class IntegrationMessages(IntegrationBase):
    """`/office/integrations/<id>/messages/`: the last ones that came through."""

    template_name = "integrations/messages.html"

    def context(self) -> dict[str, Any]:
        """Counts by code, and the last messages."""
        key = self.integration.pk
        return {
            **super().context(),
            "tallies": tallies(key),
            "messages_shown": list(feed_messages(self.request.scope, key)[:SHOWN]),
        }


class IntegrationRounds(IntegrationBase):
    """`/office/integrations/<id>/rounds/`: the last game rounds that the feed built."""

    template_name = "integrations/rounds.html"

    def context(self) -> dict[str, Any]:
        """The last rounds of the viewer's brands."""
        rounds = list(game_rounds(self.request.scope, self.integration.pk)[:SHOWN])
        return {
            **super().context(),
            "rounds": [(round_, shown_player(self.request.user, round_.player_id)) for round_ in rounds],
        }


class IntegrationDeadLetters(IntegrationBase):
    """`/office/integrations/<id>/dead-letters/`: what could not be used."""

    template_name = "integrations/letters_of.html"

    def context(self) -> dict[str, Any]:
        """The last that wait."""
        rows = dead_letters(self.request.scope).filter(integration_id=self.integration.pk, state="waiting")
        all_of_it = f"{reverse('dead_letters')}?integration={self.integration.pk}"
        return {**super().context(), "letters": list(rows[:SHOWN]), "all_url": all_of_it}


class IntegrationHistory(HistoryPanel, IntegrationBase):
    """`/office/integrations/<id>/history/`."""

    object_type = "integration"

    def object_id(self) -> str:
        """The integration's."""
        return str(self.integration.pk)


def has_rounds(row: Integration) -> bool:
    """Whether its messages are bets and wins: game rounds are built of nothing else."""
    kind = kinds().get(row.kind)
    return kind is None or kind.definitions is None
