"""Views of lists are kept by name, for one person."""

import pytest

from backoffice.core.errors import Refusal
from backoffice.web.models import SavedView
from backoffice.web.operations.remove_view import remove_view
from backoffice.web.operations.save_view import MOST, save_view

LIST = "/office/brands/"


def sent(**fields: str) -> dict[str, str]:
    return {"path": LIST, "query": "q=01&sort=-name&page=2&export=csv", "name": "Ones", **fields}


def test_a_view_is_saved_shown_opened_and_forgotten(visit, brands):
    brands(30)
    client = visit()
    answer = client.post("/office/views/save/", sent(), follow=True)
    assert answer.redirect_chain == [(f"{LIST}?q=01&sort=-name", 302)]
    assert answer.context["count"] == 11
    page = answer.content.decode()
    assert 'href="/office/brands/?q=01&amp;sort=-name" aria-current="true">Ones</a>' in page
    view = SavedView.objects.get()
    answer = client.post(f"/office/views/{view.pk}/remove/")
    assert (answer.status_code, answer["Location"]) == (302, LIST)
    assert not SavedView.objects.exists()


def test_the_same_name_replaces(staff, now):
    user = staff()
    save_view(user, LIST, "q=1", "Mine", now=now)
    save_view(user, LIST, "q=2", "  Mine ", now=now)
    assert [view.query for view in SavedView.objects.all()] == ["q=2"]


def test_views_are_ones_own(visit, staff, now):
    mine = save_view(staff("manager"), LIST, "", "Mine", now=now)
    client = visit("operator_admin")
    assert "Mine" not in client.get(LIST).content.decode()
    assert client.post(f"/office/views/{mine.pk}/remove/").status_code == 404
    assert SavedView.objects.filter(pk=mine.pk).exists()
    with pytest.raises(Refusal, match="no such view"):
        remove_view(staff("analyst"), mine.pk)


@pytest.mark.parametrize("path", ["//evil.example/", "https://evil.example/", "/office/nothing/", "/accounts/login/"])
def test_a_view_never_leads_out_of_the_office(visit, path):
    client = visit()
    assert client.post("/office/views/save/", sent(path=path)).status_code == 404
    assert client.post("/office/views/save/", sent(path=path, name="")).status_code == 404
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_view_needs_a_name(visit, brands, name):
    brands(1)
    answer = visit().post("/office/views/save/", sent(name=name), follow=True)
    assert "needs a name" in answer.content.decode()


def test_there_is_a_limit(staff, now):
    user = staff()
    for number in range(MOST):
        save_view(user, LIST, "", str(number), now=now)
    save_view(user, LIST, "q=1", "0", now=now)
    with pytest.raises(Refusal, match="remove one first"):
        save_view(user, LIST, "", "one more", now=now)


@pytest.mark.parametrize("path", ["/office/views/save/", "/office/views/1/remove/"])
def test_views_are_only_posted_and_only_by_who_is_logged_in(client, visit, path):
    assert client.post(path).status_code == 302
    assert visit().get(path).status_code == 405
