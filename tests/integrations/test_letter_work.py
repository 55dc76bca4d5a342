"""Work on many dead letters: counted, stopped, gone on with, and never done twice."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from backoffice.accounts.models import StaffUser
from backoffice.accounts.viewer import scope_of
from backoffice.audit.record import Actor
from backoffice.core.errors import Refusal
from integrations.models import DeadLetter, LetterWork, WorkState
from integrations.operations.cancel_letter_work import cancel_letter_work
from integrations.operations.continue_letter_work import continue_letter_work
from integrations.operations.prune_letter_works import prune_letter_works
from integrations.operations.request_letter_work import Wanted, request_letter_work
from integrations.tasks import work_dead_letters
from tests.cast import Cast
from tests.integrations.support import Feeds, Ledger
from tests.integrations.test_pages import bury

pytestmark = pytest.mark.django_db
Browser = Callable[[StaffUser], Client]


def asked(cast: Cast, letters: list[DeadLetter], by: StaffUser | None = None, **values: object) -> LetterWork:
    person = by or cast.manager
    wanted = Wanted("replay", [letter.pk for letter in letters], **values)  # type: ignore[arg-type]
    return request_letter_work(
        wanted, requested_by=person, scope=scope_of(person), actor=Actor.staff(person), now=cast.now
    )


def test_it_goes_on_where_a_worker_ended_and_does_none_twice(feeds: Feeds, ledger: Ledger, cast: Cast) -> None:
    old = feeds.connected()
    letters = bury(feeds, old, 3)
    brands = [{"origin": "new.example.com", "brand_id": "thrilltech:brand2"}]
    new = feeds.connected(settings=feeds.mapping(brands=brands))
    work = asked(cast, letters, through=new.pk)
    assert continue_letter_work(work.pk, now=cast.now)
    work.refresh_from_db()
    assert (work.done_count, work.results) == (1, {"ACCEPTED": 1})
    assert work_dead_letters() == 2
    assert work_dead_letters() == 0
    work.refresh_from_db()
    assert (work.state, work.done_count, work.results) == (WorkState.DONE, 3, {"ACCEPTED": 3})
    assert ledger.contributed == ["d0", "d1", "d2"]
    with pytest.raises(Refusal, match="None of these"):
        asked(cast, letters)


def test_it_is_stopped_by_hand_and_where_the_person_lost_the_right(feeds: Feeds, ledger: Ledger, cast: Cast) -> None:
    letters = bury(feeds, feeds.connected(), 3)
    work = asked(cast, letters)
    assert continue_letter_work(work.pk, now=cast.now)
    scope, actor = scope_of(cast.manager), Actor.staff(cast.manager)
    cancel_letter_work(work.pk, scope=scope, actor=actor, now=cast.now)
    assert work_dead_letters() == 0
    with pytest.raises(Refusal, match="over already"):
        cancel_letter_work(work.pk, scope=scope, actor=actor, now=cast.now)
    work = asked(cast, letters)
    StaffUser.objects.filter(pk=cast.manager.pk).update(is_active=False)
    work_dead_letters()
    work.refresh_from_db()
    assert (work.state, work.done_count) == (WorkState.CANCELLED, 0)
    assert ledger.bets == []


def test_what_is_over_is_forgotten_in_time_and_what_runs_is_not(feeds: Feeds, ledger: Ledger, cast: Cast) -> None:
    letters = bury(feeds, feeds.connected(), 2)
    over, running = asked(cast, letters[:1]), asked(cast, letters[1:])
    while continue_letter_work(over.pk, now=cast.now):
        pass
    kept = timedelta(days=180)
    assert prune_letter_works(now=cast.now + kept, kept=kept) == 0
    assert prune_letter_works(now=cast.now + 2 * kept, kept=kept) == 1
    assert list(LetterWork.objects.all()) == [running]


def test_who_is_limited_to_brands_stops_only_what_they_asked_for(feeds: Feeds, ledger: Ledger, cast: Cast) -> None:
    work = asked(cast, bury(feeds, feeds.connected(), 1), by=cast.admin)
    StaffUser.objects.filter(pk=cast.manager.pk).update(brand_ids=["thrilltech:brand2"])
    limited = StaffUser.objects.get(pk=cast.manager.pk)
    with pytest.raises(Refusal, match="limited to brands"):
        cancel_letter_work(work.pk, scope=scope_of(limited), actor=Actor.staff(limited), now=cast.now)
    assert ledger.bets == []


def test_its_page_says_how_far_it_is_and_whom_to_wait_for(
    feeds: Feeds, ledger: Ledger, cast: Cast, browser_of: Browser
) -> None:
    work = asked(cast, bury(feeds, feeds.connected(), 2))
    client = browser_of(cast.manager)
    address = reverse("letter_work", args=[work.pk])
    part = reverse("letter_work_part", args=[work.pk])
    assert "HX-Trigger" not in client.get(part).headers
    continue_letter_work(work.pk, now=cast.now)
    assert "still UNMAPPED_ORIGIN" in client.get(address).content.decode()
    assert client.post(address).status_code == 302
    ended = client.get(part)
    assert "Replay: stopped" in ended.headers["HX-Trigger"]
    assert "hx-get" not in ended.content.decode()
    assert "Cancelled" in client.get(reverse("dead_letters")).content.decode()
    assert browser_of(cast.analyst).post(address).status_code == 403
    assert browser_of(cast.rival_manager).get(address).status_code == 404


@pytest.mark.parametrize(
    ("values", "said"),
    [({"act": "set_aside", "letters": [1]}, "Give a reason"), ({"act": "replay", "letters": []}, "None")],
)
def test_what_cannot_be_asked_for_is_refused(cast: Cast, values: dict[str, object], said: str) -> None:
    with pytest.raises(Refusal, match=said):
        request_letter_work(
            Wanted(**values),  # type: ignore[arg-type]
            requested_by=cast.manager,
            scope=scope_of(cast.manager),
            actor=Actor.staff(cast.manager),
            now=cast.now,
        )
