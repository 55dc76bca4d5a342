"""IGT Lottery: winning numbers, link tokens and player events."""
