"""Who gets in, what they may see, and how a failure is told."""

import re

import pytest
from django.test import Client, RequestFactory, override_settings

from backoffice.tenancy.scope import Scope
from backoffice.web.csp import socket_origin
from backoffice.web.page import BrandChoice, narrowed_scope
from tests.backoffice.web.conftest import PASSWORD


@pytest.fixture
def logged_id(caplog):
    """The id of the latest request, as the logs have it."""
    caplog.set_level("INFO", logger="django_structlog")

    def latest():
        events = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
        return next(event["request_id"] for event in reversed(events) if event["event"].startswith("request_"))

    return latest


@pytest.mark.req("OFF-01")
def test_who_is_not_logged_in_is_led_to_the_login_and_back(staff):
    staff()
    client = Client()
    answer = client.get("/office/brands/?q=x")
    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/login/?next=/office/brands/%3Fq%3Dx"
    answer = client.post(answer["Location"], {"login": "operator_admin@thrilltech.example", "password": PASSWORD})
    assert answer["Location"] == "/office/brands/?q=x"


def test_the_login_says_what_is_wrong_without_saying_who_exists(staff):
    staff()
    pages = [
        Client().post("/accounts/login/", {"login": email, "password": "wrong"}).content.decode()
        for email in ("operator_admin@thrilltech.example", "nobody@thrilltech.example")
    ]
    summaries = [re.findall(r'<div class="error-summary".*?</div>', page, re.DOTALL) for page in pages]
    assert len(summaries[0]) == 1
    assert summaries[0] == summaries[1]


@pytest.mark.req("B-25")
def test_a_missing_right_is_403_with_the_id_of_the_request(visit, logged_id):
    answer = visit("manager").get("/office/platform/")
    assert answer.status_code == 403
    assert logged_id() in answer.content.decode()
    assert "text/html" in answer["Content-Type"]


def test_sending_needs_the_right_to_change(visit):
    client = visit("manager")
    assert client.get("/office/brands/x/pause/").status_code == 200
    assert client.post("/office/brands/x/pause/", {"reason": "Because"}).status_code == 403


@pytest.mark.parametrize("path", ["/office/nothing/", "/office/brands/x/y/z/"])
def test_an_unknown_page_is_404_with_the_id_of_the_request(visit, path, logged_id):
    answer = visit().get(path)
    assert (answer.status_code, logged_id() in answer.content.decode()) == (404, True)


def test_a_crash_is_500_with_the_id_and_without_the_cause(visit, logged_id):
    client = visit()
    client.raise_request_exception = False
    answer = client.get("/office/broken/")
    page = answer.content.decode()
    assert answer.status_code == 500
    assert logged_id() in page
    assert "on purpose" not in page


def test_a_form_without_its_token_is_told_to_reload(staff, logged_id):
    client = Client(enforce_csrf_checks=True)
    client.force_login(staff())
    answer = client.post("/office/brands/new/", {"name": "x"})
    assert answer.status_code == 403
    assert "grown old" in answer.content.decode()
    assert logged_id() in answer.content.decode()


@pytest.mark.req("B-26")
def test_machines_are_told_in_json(client):
    answer = client.get("/jackpots/nothing")
    assert answer.status_code == 404
    assert answer.json() == {"status_code": 404, "code": "NOT_FOUND", "message": "There is nothing here"}


@pytest.mark.req("B-29")
def test_the_policy_is_strict_and_names_exactly_the_socket(visit, settings):
    settings.EDGE_PORT = 4711
    policy = visit().get("/office/", headers={"Host": "127.0.0.1:8000"})["Content-Security-Policy"]
    parts = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert parts["connect-src"] == "'self' ws://127.0.0.1:4711"
    assert parts["default-src"] == parts["script-src"] == parts["style-src"] == "'self'"
    assert parts["img-src"] == "'self' data:"
    assert parts["frame-ancestors"] == "'none'"
    assert parts["form-action"] == "'self'"
    assert "unsafe" not in policy


@pytest.mark.req("B-28")
@override_settings(EDGE_PORT=8001, ALLOWED_HOSTS=["*"])
def test_the_socket_has_the_host_of_the_page():
    make = RequestFactory().get
    assert socket_origin(make("/", headers={"Host": "office.example:8000"})) == "ws://office.example:8001"
    assert socket_origin(make("/", headers={"Host": "[::1]:8000"})) == "ws://[::1]:8001"
    assert socket_origin(make("/", secure=True, headers={"Host": "office.example"})) == "wss://office.example:8001"


@pytest.mark.req("GEN-01")
def test_the_brand_switch_narrows_and_never_widens(visit, brands):
    brands(3)
    brands(1, "rival")
    client = visit()
    assert client.get("/office/brands/").context["count"] == 3
    assert client.get("/office/brands/?brand=thrilltech:brand2").context["count"] == 1
    assert client.get("/office/brands/?brand=thrilltech:brand2&brand=thrilltech:brand3").context["count"] == 2
    assert client.get("/office/brands/?brand=rival:brand1").context["count"] == 3


def test_an_account_limited_to_brands_sees_only_those(visit, brands):
    brands(3)
    answer = visit("analyst", brand_ids=["thrilltech:brand1", "thrilltech:brand3"]).get("/office/brands/")
    assert answer.context["count"] == 2
    assert [brand.id for brand in answer.context["request"].brands.options] == [
        "thrilltech:brand1",
        "thrilltech:brand3",
    ]


def test_brands_of_one_operator_narrow_the_platform_to_it(brands):
    [ours], [theirs] = brands(1), brands(1, "rival")
    both = BrandChoice((ours, theirs), frozenset({ours.id, theirs.id}))
    one = BrandChoice((ours, theirs), frozenset({theirs.id}))
    assert narrowed_scope(Scope(None), BrandChoice((ours, theirs), frozenset())) == Scope(None)
    assert narrowed_scope(Scope(None), one) == Scope("rival", frozenset({"rival:brand1"}), is_chosen=True)
    assert narrowed_scope(Scope(None), both) == Scope(None, frozenset({ours.id, theirs.id}), is_chosen=True)


def test_links_keep_the_chosen_brands(visit, brands):
    brands(2)
    page = visit().get("/office/?brand=thrilltech:brand2").content.decode()
    assert 'href="/office/brands/?brand=thrilltech%3Abrand2"' in page


def test_times_are_told_in_the_viewers_zone(visit):
    page = visit("analyst", time_zone="Asia/Tokyo").get("/office/").content.decode()
    assert "01 Jan 2026, 09:00 JST" in page
    assert "2026-01-01 00:00:00 UTC" in page


def test_pages_are_not_kept_by_anybody_between(visit):
    assert visit().get("/office/")["Cache-Control"] == "private, no-cache"


def test_a_part_of_a_page_is_told_in_a_part(visit, logged_id):
    answer = visit().get("/office/nothing/", headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert answer.status_code == 404
    assert "<html" not in page
    assert 'role="alert"' in page
    assert logged_id() in page


def test_who_is_logged_out_meanwhile_is_led_to_the_login_as_a_whole(client):
    answer = client.get(
        "/office/brands/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/office/?brand=x"}
    )
    assert answer["HX-Redirect"] == "/accounts/login/?next=%2Foffice%2F"
    assert answer.content == b""
