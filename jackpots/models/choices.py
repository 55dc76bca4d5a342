"""What the columns of templates and instances may say."""

from django.db import models


class JackpotType(models.TextChoices):
    """The two kinds of instance."""

    JACKPOT = "Jackpot", "Jackpot"
    RAFFLE = "Raffle", "Raffle"


class PotKind(models.TextChoices):
    """What makes a pot drop. A raffle's pot is paid out by its rounds alone."""

    VALUE = "value", "By value"
    PROBABILITY = "probability", "By probability"
    TIME = "time", "By time"
    RAFFLE = "raffle", "By a raffle's rounds"


class ContributionKind(models.TextChoices):
    """Whether the template says what is contributed, or the player chooses."""

    FIXED = "fixed", "Fixed"
    VARIABLE = "variable", "Chosen by the player"


class LimitedShareTo(models.TextChoices):
    """Who has the share of a limited pot that has dropped for the last time (G-14)."""

    POTS = "pots", "The other pots"
    HOUSE = "house", "The house"
    SEED = "seed", "The seed reserves"


class UnspentTo(models.TextChoices):
    """Who has what a community payout finds nobody for (G-10)."""

    SEED = "seed", "The seed reserve"
    WINNER = "winner", "The winner"


class TimeRule(models.TextChoices):
    """Who wins a pot that drops by time."""

    FIRST_AFTER = "first_after", "The first after a hidden instant"
    STAKE_WEIGHTED = "stake_weighted", "One of all, by stake, at the deadline"


class TicketMetric(models.TextChoices):
    """What buys tickets."""

    CONTRIBUTION = "contribution", "Contribution"
    BASE_WAGER = "base_wager", "Base wager"


class DurationUnit(models.TextChoices):
    """The units of a raffle's duration (RAF-07)."""

    SECONDS = "seconds", "Seconds"
    MINUTES = "minutes", "Minutes"
    HOURS = "hours", "Hours"
    DAYS = "days", "Days"
    WEEKS = "weeks", "Weeks"
