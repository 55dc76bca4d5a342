"""What contribute() answered."""

from backoffice.core.errors import Refusal
from jackpots.rules.contribution import ContributionResult


def accepted(answer: ContributionResult | Refusal) -> ContributionResult:
    """The result, or the test has failed."""
    assert isinstance(answer, ContributionResult), answer
    return answer


def code_of(answer: ContributionResult | Refusal) -> str:
    """ACCEPTED, REPLAYED, or the refusal's code."""
    if isinstance(answer, Refusal):
        return answer.code
    return "REPLAYED" if answer.is_replay else "ACCEPTED"
