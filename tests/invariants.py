"""Every flow test that moves money ends with this."""

from jackpots.queries.invariants import violations


def assert_invariants() -> None:
    """No invariant of the running checks is violated."""
    found = [str(violation) for violation in violations()]
    assert not found, "\n".join(found)
