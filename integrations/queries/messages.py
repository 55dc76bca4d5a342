"""What a feed brought: messages, activities, game rounds."""

from uuid import UUID

from django.db.models import QuerySet

from backoffice.tenancy.scope import Scope
from integrations.models import FeedMessage, GameActivity, GameRound


def feed_messages(scope: Scope, key: UUID) -> QuerySet[FeedMessage]:
    """Messages that an integration used, filtered or was refused, newest first."""
    return scope.rows(FeedMessage.objects.filter(integration_id=key)).order_by("-id")


def game_rounds(scope: Scope, key: UUID) -> QuerySet[GameRound]:
    """Game rounds of an integration, those of the viewer's brands, the last first."""
    rows = scope.rows(GameRound.objects.filter(integration_id=key), brand_field="brand_id")
    return rows.order_by("-last_at", "-id")


def activities_of_round(scope: Scope, row: GameRound) -> QuerySet[GameActivity]:
    """Bets and wins of a round in the order they happened."""
    rows = GameActivity.objects.filter(
        integration_id=row.integration_id, round_id=row.round_id, player_id=row.player_id, currency=row.currency
    )
    return scope.rows(rows, brand_field="brand_id").order_by("happened_at", "activity_id")
