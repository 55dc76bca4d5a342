"""The sidebar shows what exists and is the viewer's; search finds it."""

from backoffice.tenancy.scope import Scope
from backoffice.web.navigation import SECTIONS, visible_sections
from backoffice.web.search import find

SCOPE = Scope("thrilltech")


def labels(sections) -> dict[str, list[str]]:
    return {section: [link.label for link in links] for section, links in sections}


def test_only_pages_that_exist_and_are_the_viewers_are_shown(staff):
    admin, root = staff(), staff("platform_admin")
    assert labels(visible_sections(admin, SCOPE, "/office/")) == {"Overview": ["Dashboard"], "Settings": ["Brands"]}
    assert labels(visible_sections(root, Scope(None), "/office/"))["Settings"] == ["Brands", "Operators"]


def test_the_nearest_page_is_the_current_one(staff):
    admin = staff()

    def current(path: str) -> list[str]:
        return [link.label for _, links in visible_sections(admin, SCOPE, path) for link in links if link.current]

    assert current("/office/") == ["Dashboard"]
    assert current("/office/brands/x/history/") == ["Brands"]
    assert current("/office/else/") == []


def test_every_page_has_its_own_letter():
    letters = [entry.go for section in SECTIONS for entry in section.entries if entry.go]
    assert len(letters) == len(set(letters))


def test_search_finds_pages_the_viewer_may_see(staff, settings):
    [pages] = find(staff(), SCOPE, "BRA")
    assert (pages.heading, [hit.url for hit in pages.hits]) == ("Pages", ["/office/brands/"])
    assert find(staff("analyst"), SCOPE, "operators") == []
    assert find(staff("manager"), SCOPE, "") == []


def test_the_search_page_keeps_the_question(visit):
    page = visit().get("/office/search/?q=<b>none").content.decode()
    assert 'value="&lt;b&gt;none"' in page
    assert "Nothing is called" in page
