"""What the log says of a machine's request, and that nothing of one request is left for the next."""

import logging

import pytest
import structlog
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from structlog.contextvars import get_contextvars
from structlog.testing import capture_logs

from backoffice.core.request_log import LIBRARY, MachineRequestLog

PATH = "/jackpots/contribute/source"


def lines(status: int, level: int, caplog: pytest.LogCaptureFixture, **headers: str) -> list[dict[str, object]]:
    """The lines of one request that is answered with this status while the log takes this level."""

    def answer(_request: HttpRequest) -> HttpResponse:
        seen.update(get_contextvars())
        return HttpResponse(status=status)

    seen.clear()
    with caplog.at_level(level, LIBRARY), capture_logs(processors=[structlog.contextvars.merge_contextvars]) as logs:
        MachineRequestLog(answer)(RequestFactory().post(PATH, headers=headers))
    assert get_contextvars() == {}
    return [dict(line) for line in logs]


seen: dict[str, object] = {}


@pytest.mark.parametrize("level", [logging.INFO, logging.WARNING])
def test_what_is_logged_on_the_way_has_the_requests_id_and_address(
    caplog: pytest.LogCaptureFixture, level: int
) -> None:
    lines(200, level, caplog, X_Request_ID="req-1")
    assert seen == {"request_id": "req-1", "ip": "127.0.0.1"}
    lines(200, level, caplog)
    first = seen["request_id"]
    lines(200, level, caplog)
    assert len(str(first)) == 36
    assert seen["request_id"] != first


def test_a_log_that_takes_every_request_gets_both_lines(caplog: pytest.LogCaptureFixture) -> None:
    started, finished = lines(200, logging.INFO, caplog, X_Request_ID="req-1", User_Agent="processor/2")
    assert started == {
        "event": "request_started",
        "log_level": "info",
        "request": f"POST {PATH}",
        "user_agent": "processor/2",
        "request_id": "req-1",
        "ip": "127.0.0.1",
    }
    assert (finished["event"], finished["code"], finished["request_id"]) == ("request_finished", 200, "req-1")


def test_a_log_that_takes_only_warnings_still_gets_what_was_refused(caplog: pytest.LogCaptureFixture) -> None:
    assert lines(200, logging.WARNING, caplog) == []
    (refused,) = lines(403, logging.WARNING, caplog, X_Request_ID="req-1")
    assert (refused["event"], refused["log_level"], refused["code"]) == ("request_finished", "warning", 403)
    assert refused["request_id"] == "req-1"
