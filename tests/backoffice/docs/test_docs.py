"""The documentation in the product: complete, linked, found."""

import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import Resolver404, resolve

from backoffice.core.errors import STATUS_BY_CODE
from backoffice.docs.book import Book, anchor_of, book, page_of, read_book
from backoffice.docs.search import search

pytestmark = pytest.mark.django_db
PAGES = [page.slug for page in book().pages]


@pytest.mark.req("GEN-13")
@pytest.mark.parametrize("slug", PAGES)
def test_every_page_is_shown_to_everybody_with_the_way_to_all_others(slug: str) -> None:
    response = Client().get(f"/docs/{slug}/")
    assert response.status_code == 200
    text = response.content.decode()
    for other in book().pages:
        assert f'href="{other.url}"' in text
    assert 'aria-current="page"' in text
    assert "data-docs-search" in text, "the dialog that `s` opens"


def test_the_first_page_is_where_the_book_opens() -> None:
    assert Client().get("/docs/")["Location"] == "/docs/getting-started/"
    assert Client().get("/docs/nothing-here/").status_code == 404


def test_every_error_code_has_an_entry_with_its_status_at_the_address_that_problems_name() -> None:
    errors = book().page("errors")
    assert errors is not None
    entries = {section.title: section for section in errors.sections if section.level == 3}
    assert set(entries) == set(STATUS_BY_CODE)
    for code, status in STATUS_BY_CODE.items():
        assert entries[code].anchor == code.lower().replace("_", "-")
        assert entries[code].text.startswith(f"Status {status}.")


def test_every_link_inside_leads_somewhere() -> None:
    anchors = {page.url: {section.anchor for section in page.sections} for page in book().pages}
    for page in book().pages:
        for target in re.findall(r'href="(/[^"]*)"', page.html):
            path, _, anchor = target.partition("#")
            if path in anchors:
                assert not anchor or anchor in anchors[path], f"{target} on {page.slug}"
            else:
                try:
                    resolve(path)
                except Resolver404:
                    pytest.fail(f"{target} on {page.slug}")


def test_html_in_markdown_stays_text() -> None:
    page = page_of("x", "# T\n\n<script>alert(1)</script> [a](javascript:alert(1)) <b>x</b>\n")
    assert "<script" not in page.html
    assert "<b>" not in page.html
    assert 'href="javascript' not in page.html


def test_headings_that_are_equal_get_anchors_of_their_own() -> None:
    page = page_of("x", "# T\n\n## A b\n\none\n\n## A b\n\ntwo `code`\n")
    assert [(section.anchor, section.text) for section in page.sections] == [
        ("", ""),
        ("a-b", "one"),
        ("a-b-2", "two code"),
    ]
    assert 'id="a-b-2"' in page.html
    assert anchor_of("CONTRIBUTION_REJECTED") == "contribution-rejected"


@pytest.mark.req("GEN-13")
@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("idempotency_conflict", "/docs/errors/#idempotency-conflict"),
        ("when several pots are hit", "/docs/pots-and-draws/#when-several-pots-are-hit-at-once"),
        ("SETTLING", "/docs/wins-and-settling/"),
        ("keyb", "/docs/getting-started/#the-keyboard"),
        ("dead letter replay", "/docs/integrations/#messages-that-cannot-be-used"),
    ],
)
def test_the_best_section_is_found_first(question: str, first: str) -> None:
    assert search(book(), question)[0].url == first


def test_every_word_must_be_there() -> None:
    assert search(book(), "idempotency zeppelin") == []
    assert search(book(), "  ") == []
    assert search(book(), "*(") == []


def test_a_title_weighs_more_than_a_text() -> None:
    pages = (page_of("a", "# Other\n\npot pot pot pot pot pot pot\n"), page_of("b", "# Pot\n\nnothing\n"))
    assert [hit.page for hit in search(Book(pages), "pot")] == ["Pot", "Other"]


@pytest.mark.req("GEN-13")
def test_the_search_works_without_a_script_and_marks_the_words() -> None:
    text = Client().get("/docs/search/", {"q": "Reference"}).content.decode()
    assert "<mark>reference</mark>" in text
    assert "found for" in text
    hostile = Client().get("/docs/search/", {"q": '"><script>alert(1)</script>'}).content.decode()
    assert "<script>alert" not in hostile


def test_the_index_for_the_page_holds_every_section() -> None:
    response = Client().get("/docs/index.json")
    entries = response.json()
    assert len(entries) == sum(len(page.sections) for page in book().pages)
    assert {"title": "Errors: NOT_FOUND", "url": "/docs/errors/#not-found"}.items() <= next(
        entry for entry in entries if entry["url"].endswith("#not-found")
    ).items()
    assert "max-age=300" in response["Cache-Control"]


@pytest.mark.req("GEN-17")
def test_the_release_notes_are_the_changelog_by_month(tmp_path: Path) -> None:
    changelog = tmp_path / "CHANGELOG.md"
    changelog.write_text(
        "# Changelog\n\n## May 2027\n\n### General\n- a\n\n### New features\n\n### Changes\n- c\n\n### Bug fixes\n\n"
        "## April 2027\n\n### Bug fixes\n- d\n"
    )
    page = read_book(tmp_path, changelog).page("release-notes")
    assert page is not None
    assert [(section.level, section.title) for section in page.sections] == [
        (1, "Release notes"),
        (2, "May 2027"),
        (3, "General"),
        (3, "Changes"),
        (2, "April 2027"),
        (3, "Bug fixes"),
    ]
    assert re.search(r"\w+ 20\d\d", Client().get("/docs/release-notes/").content.decode())


def test_security_txt_says_where_to_report() -> None:
    response = Client().get("/.well-known/security.txt")
    lines = dict(line.split(": ", 1) for line in response.content.decode().splitlines())
    assert response["Content-Type"].startswith("text/plain")
    assert {"Contact", "Expires", "Canonical", "Policy"} <= set(lines)
