"""The steps of a raffle's rounds: open, close, freeze, draw, pay, complete. Each is taken once, by who comes first."""
