"""Forms keep what was typed, confirmations name the effect and ask for the name."""

import pytest

GOOD = {"name": "Mega", "code": "mega", "share": "1.5", "zone": "UTC"}


def test_what_is_wrong_stands_beside_the_field_and_is_linked_from_above(visit):
    answer = visit().post("/office/brands/new/", {"name": "x" * 41, "code": "a b", "notes": "keep me", "zone": "UTC"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "3 things need" in page
    assert '<a href="#id_code">' in page
    assert page.count("invalid-feedback") >= 3
    assert "keep me" in page
    assert 'value="a b"' in page


def test_a_refusal_lands_at_its_field(visit):
    answer = visit().post("/office/brands/new/", {**GOOD, "code": "taken"})
    assert answer.status_code == 422
    assert answer.context["form"].errors["code"] == ["This code is taken."]
    assert '<a href="#id_code">Code: This code is taken.</a>' in answer.content.decode()


def test_a_refusal_of_the_whole_stands_above_the_form_once(visit):
    answer = visit().post("/office/brands/new/", {**GOOD, "code": "never"})
    assert answer.status_code == 422
    assert answer.content.decode().count("No more brands for this operator.") == 1


def test_success_leads_on_and_says_so(visit):
    client = visit()
    answer = client.post("/office/brands/new/", GOOD, follow=True)
    assert answer.redirect_chain == [("/office/brands/", 302)]
    assert "The brand was created." in answer.content.decode()


def test_a_confirmation_names_the_object_and_the_effect(visit):
    page = visit().get("/office/brands/mega/pause/").content.decode()
    assert "Pause mega?" in page
    assert "35 players came today" in page
    assert 'href="/office/brands/mega/"' in page


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_confirmation_wants_a_reason(visit, reason):
    assert visit().post("/office/brands/mega/pause/", {"reason": reason}).status_code == 422


@pytest.mark.parametrize(("typed", "status"), [("", 422), ("mega lucky", 422), (" Mega  Lucky ", 302)])
def test_what_cannot_be_undone_wants_the_name(visit, typed, status):
    answer = visit().post("/office/brands/mega/end/", {"reason": "Over", "name": typed})
    assert answer.status_code == status
