"""The map of time: which task runs how often. Tasks are named, not imported."""

from typing import Any

from celery.schedules import crontab

BEAT: dict[str, dict[str, Any]] = {
    "relay-outbox": {"task": "backoffice.events.tasks.relay_outbox", "schedule": 1.0, "options": {"expires": 5}},
    "prune-outbox": {"task": "backoffice.events.tasks.prune_outbox", "schedule": crontab(hour=3, minute=10)},
    "fold-rollups": {"task": "reporting.tasks.fold", "schedule": 3.0, "options": {"expires": 10}},
    "prove-ledger": {"task": "jackpots.tasks.prove_ledger", "schedule": crontab(hour=4, minute=40)},
    "fold-ledger": {"task": "jackpots.tasks.fold_ledger", "schedule": 10.0, "options": {"expires": 20}},
    "activate-due": {"task": "jackpots.tasks.activate_due", "schedule": 5.0, "options": {"expires": 10}},
    "play-simulations": {"task": "jackpots.tasks.play_simulations", "schedule": 1.0, "options": {"expires": 5}},
    "resolve-raffles": {"task": "jackpots.tasks.resolve_raffles", "schedule": 1.0, "options": {"expires": 5}},
    "resolve-deadlines": {"task": "jackpots.tasks.resolve_deadlines", "schedule": 1.0, "options": {"expires": 5}},
    "retry-credits": {"task": "jackpots.tasks.retry_credits", "schedule": 60.0, "options": {"expires": 60}},
    "refresh-players": {"task": "integrations.tasks.refresh_players", "schedule": 3.0, "options": {"expires": 5}},
    "prune-feeds": {"task": "integrations.tasks.prune_feeds", "schedule": crontab(hour=4, minute=15)},
    "sample-feeds": {"task": "integrations.tasks.sample_feeds", "schedule": 60.0, "options": {"expires": 30}},
    "work-dead-letters": {"task": "integrations.tasks.work_dead_letters", "schedule": 1.0, "options": {"expires": 5}},
    "forget-sessions": {"task": "backoffice.accounts.tasks.forget_sessions", "schedule": crontab(hour=3, minute=40)},
    "check-invariants": {"task": "jackpots.tasks.check_invariants", "schedule": 600.0, "options": {"expires": 300}},
    "ensure-partitions": {"task": "jackpots.tasks.ensure_partitions", "schedule": crontab(hour=2, minute=20)},
}
