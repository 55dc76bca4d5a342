"""The writers of the outbox's numbers, cursors and dead letters."""
