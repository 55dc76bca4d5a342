"""The status page claims what tests name, and nothing else."""

from __future__ import annotations

import pytest

from deploy.local.spec import problems, read_page

PAGE = """
| Id | Status | Note |
|---|---|---|
| CON-01 | proven | |
| `CON-16` | waits | Tickets come with raffles. |
"""


def test_a_page_that_is_true_has_no_problems() -> None:
    assert problems(read_page(PAGE), {"CON-01": 3, "B-01": 1}) == []


def test_a_claim_without_a_test_is_found() -> None:
    assert problems(read_page(PAGE), {}) == ["CON-01: called proven, and no test names it"]


def test_a_tested_requirement_without_a_row_is_found() -> None:
    assert problems(read_page(PAGE), {"CON-01": 1, "WIN-18": 2}) == [
        "WIN-18: named by 2 tests, and missing from the page"
    ]


@pytest.mark.parametrize(
    ("row", "problem"),
    [("| CON-02 | waits | |", "CON-02: waits without a reason"),
     ("| CON-02 | nearly | soon |", "CON-02: the status is proven or waits, not 'nearly'")],
)  # fmt: skip
def test_a_row_says_one_of_two_things(row: str, problem: str) -> None:
    assert problems(read_page(row), {}) == [problem]


def test_an_id_has_one_row() -> None:
    with pytest.raises(SystemExit):
        read_page(PAGE + "| CON-01 | proven | |")
