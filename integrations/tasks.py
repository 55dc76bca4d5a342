"""What time does to what feeds have brought."""

from datetime import timedelta
from time import monotonic
from typing import Final

from celery import shared_task
from django.conf import settings

from backoffice.core import clock
from integrations.operations import sample_feeds as samples
from integrations.operations.claim_letter_work import claim_letter_work
from integrations.operations.continue_letter_work import continue_letter_work
from integrations.operations.prune_dead_letters import prune_dead_letters
from integrations.operations.prune_feed_messages import prune_feed_messages
from integrations.operations.prune_feed_samples import prune_feed_samples
from integrations.operations.prune_game_rounds import prune_game_rounds
from integrations.operations.prune_letter_works import prune_letter_works
from integrations.operations.prune_player_history import prune_player_history
from integrations.operations.refresh_players import Refresh
from integrations.operations.refresh_players import refresh_players as refresh
from integrations.queries.letter_works import running_letter_works

SAMPLES_KEPT = timedelta(days=8)
# After so many letters of one work the task ends, so that a worker that is stopped is not waited for.
LETTERS = 400


@shared_task
def sample_feeds() -> int:
    """Write down how the counters stand; of how many feeds."""
    return samples.sample_feeds(now=clock.now())


@shared_task
def work_dead_letters() -> int:
    """Go on with what was asked for; how many letters. Work that another worker does is left to it."""
    done = 0
    for work_id in running_letter_works():
        with claim_letter_work(work_id) as is_mine:
            for _ in range(LETTERS if is_mine else 0):
                done += 1
                if not continue_letter_work(work_id, now=clock.now()):
                    break
    return done


# Less than the beats are apart: a backlog must not take one worker after the other from what draws raffles.
REFRESH_SECONDS: Final = 2.0


@shared_task
def refresh_players() -> None:
    """Computes the sessions and figures of players whom feeds left notes of, until none waits; a large backlog is left
    to the next beats."""
    gap, started = timedelta(minutes=settings.GAME_SESSION_GAP_MINUTES), monotonic()
    while refresh(Refresh(clock.now(), gap)) and monotonic() - started < REFRESH_SECONDS:
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
    while prune_letter_works(now=now, kept=timedelta(days=settings.DEAD_LETTER_DAYS)):
        pass
    prune_feed_samples(now=now, kept=SAMPLES_KEPT)
