"""Lengths of time as people say them."""


def minutes_in_words(minutes: int) -> str:
    """`15 minutes`, `26 hours`, `3 days`."""
    for size, word in ((1_440, "day"), (60, "hour")):
        if minutes >= size and minutes % size == 0:
            return _count(minutes // size, word)
    return _count(minutes, "minute")


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
