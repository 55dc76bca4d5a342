"""What time does to what feeds have brought."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings

from backoffice.core import clock
from integrations.operations.prune_dead_letters import prune_dead_letters
from integrations.operations.prune_feed_messages import prune_feed_messages
from integrations.operations.prune_game_rounds import prune_game_rounds
from integrations.operations.prune_player_history import prune_player_history
from integrations.operations.refresh_players import Refresh
from integrations.operations.refresh_players import refresh_players as refresh


@shared_task
def refresh_players() -> None:
    """Computes the sessions and figures of players whom feeds left notes of, until none waits."""
    while refresh(Refresh(clock.now(), timedelta(minutes=settings.GAME_SESSION_GAP_MINUTES))):
        pass


@shared_task
def prune_feeds() -> None:
    """Forgets, in slices, what the settings no longer keep."""
    now = clock.now()
    while prune_feed_messages(now=now, kept=timedelta(days=settings.FEED_MESSAGE_DAYS)):
        pass
    while prune_player_history(now=now, kept=timedelta(days=settings.GAME_ROUND_DAYS)):
        pass
    while prune_game_rounds(now=now, kept=timedelta(days=settings.GAME_ROUND_DAYS)):
        pass
    while prune_dead_letters(now=now, kept=timedelta(days=settings.DEAD_LETTER_DAYS)):
        pass
