"""Disconnect an integration, start its feed again, let it go on behind messages that are gone."""

from collections.abc import Sequence
from functools import cached_property

from django.http import Http404
from django.urls import reverse

from backoffice.core import clock
from backoffice.web.actor import actor_of
from backoffice.web.confirm import ConfirmPage
from backoffice.web.found import found_or_404
from integrations.models import FeedStatus, Integration, IntegrationState
from integrations.operations.accept_gap import accept_gap
from integrations.operations.disconnect_integration import disconnect_integration
from integrations.operations.find_gap import RECREATED
from integrations.operations.restart_feed import restart_feed
from integrations.queries.feeds import feed_health, waiting_gaps
from integrations.queries.integrations import brands_of, integration
from integrations.web.looks import address_of


class ActPage(ConfirmPage):
    """What they have in common."""

    @cached_property
    def integration(self) -> Integration:
        """The one of the address, if it is connected."""
        row = found_or_404(lambda: integration(self.request.scope, self.kwargs["key"]))
        if row.state != IntegrationState.ACTIVE:
            raise Http404("It is not connected.")
        return row

    def check_change(self) -> None:
        """The brands whose messages it brings."""
        self.request.scope.check_change_of(brands_of(self.integration))

    def crumbs(self) -> list[tuple[str, str]]:
        """The list and the integration."""
        return [("Integrations", reverse("integrations")), (self.integration.name, address_of(self.integration))]

    def cancel(self) -> str:
        """Back to it."""
        return address_of(self.integration)


class Disconnect(ActPage):
    """`/office/integrations/<id>/disconnect/`."""

    title = "Disconnect"
    right = "integrations.disconnect"
    danger = True
    submit_label = "Disconnect"
    done = "Disconnected. No message of it has an effect any more."

    def question(self) -> str:
        """Names it."""
        return f"Disconnect {self.integration.name}?"

    def effects(self) -> Sequence[str]:
        """In figures."""
        health = feed_health(self.integration, clock.now())
        waiting = "" if health.lag is None else f" {health.lag:,} wait there now."
        return [
            f"Its feed stops at once, after {health.seen:,} messages: its bets contribute no more.",
            f"What waits at the broker stays there.{waiting}",
            f"{health.dead:,} dead letters can then be replayed only through another connected integration.",
            "It cannot be connected again. A copy can be submitted; its credentials must be entered anew.",
        ]

    def typed_name(self) -> str:
        """It cannot be undone."""
        return self.integration.name

    def perform(self, reason: str) -> str:
        """Back to the page of what is now history."""
        row = disconnect_integration(
            self.integration.pk, reason=reason, scope=self.request.scope, actor=actor_of(self.request), now=clock.now()
        )
        return address_of(row)


class RestartFeed(ActPage):
    """`/office/integrations/<id>/restart/`, where the breaker stopped the feed."""

    title = "Start the feed again"
    right = "integrations.submit"
    submit_label = "Start it"
    done = "A worker takes the feed within a few seconds."

    def question(self) -> str:
        """Names it."""
        return f"Start the feed of {self.integration.name} again?"

    def effects(self) -> Sequence[str]:
        """Why it stands, and what comes."""
        health = feed_health(self.integration, clock.now())
        if health.status != FeedStatus.TRIPPED:
            raise Http404("The breaker did not stop it.")
        return [
            f"It was stopped: {health.detail}",
            f"{health.dead:,} dead letters are there; reading goes on behind the last message that was taken.",
            "The breaker stops it again after 50 unusable messages in a row, or more than 5 % of the last 1,000.",
        ]

    def perform(self, reason: str) -> str:
        """Back to the live page."""
        row = restart_feed(
            self.integration.pk, scope=self.request.scope, actor=actor_of(self.request), now=clock.now(), reason=reason
        )
        return address_of(row)


class AcceptGap(ActPage):
    """`/office/integrations/<id>/accept-gap/`, where messages are gone before they were read."""

    title = "Go on without them"
    right = "integrations.submit"
    danger = True
    submit_label = "Go on without them"
    done = "The feed goes on from the earliest messages that are there, within a few seconds."

    def question(self) -> str:
        """Names it."""
        return f"Let {self.integration.name} go on without the messages that are gone?"

    def effects(self) -> Sequence[str]:
        """What is missing, partition by partition."""
        gaps = waiting_gaps(self.integration.pk)
        if not gaps:
            raise Http404("No messages are missing.")
        told = [
            f"{gap.topic}, partition {gap.partition}: it stands at message {gap.from_offset:,}, "
            f"the earliest at the broker is {gap.to_offset:,}."
            for gap in gaps
        ]
        again = "Where a topic was not made anew but lost its end, what was read before has its effect once more."
        return [
            *told,
            "What these messages said never has an effect here, unless the partner sends it again.",
            *([again] if any(gap.reason == RECREATED for gap in gaps) else []),
            "The partitions are read from the earliest message that is there. The audit log keeps what was skipped.",
        ]

    def perform(self, reason: str) -> str:
        """Back to the live page."""
        accept_gap(
            self.integration.pk, scope=self.request.scope, actor=actor_of(self.request), now=clock.now(), reason=reason
        )
        return address_of(self.integration)
