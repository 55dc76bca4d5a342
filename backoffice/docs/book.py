"""The product's documentation: Markdown files of docs/guide, and the changelog, as pages with anchors and sections."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

HEADINGS: Final = {"h1": 1, "h2": 2, "h3": 3}
RELEASE_NOTES: Final = "release-notes"
_NOT_A_LETTER: Final = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Section:
    """What stands under one heading. The page's own section has no anchor."""

    title: str
    anchor: str
    level: int
    text: str


@dataclass(frozen=True)
class Page:
    """A page: `html` is safe, because Markdown is rendered with HTML switched off."""

    slug: str
    title: str
    html: SafeString
    sections: tuple[Section, ...]

    @property
    def url(self) -> str:
        """The page's address."""
        return f"/docs/{self.slug}/"

    def url_of(self, section: Section) -> str:
        """The section's address."""
        return f"{self.url}#{section.anchor}" if section.anchor else self.url


@dataclass(frozen=True)
class Book:
    """The pages, in their order."""

    pages: tuple[Page, ...]

    def page(self, slug: str) -> Page | None:
        """The page of that name."""
        return next((page for page in self.pages if page.slug == slug), None)

    def neighbours(self, page: Page) -> tuple[Page | None, Page | None]:
        """The page before and the page after."""
        at = self.pages.index(page)
        return (self.pages[at - 1] if at else None), (self.pages[at + 1] if at + 1 < len(self.pages) else None)


def anchor_of(title: str) -> str:
    """`CONTRIBUTION_REJECTED` becomes `contribution-rejected`."""
    return _NOT_A_LETTER.sub("-", title.lower()).strip("-")


@lru_cache(maxsize=1)
def book() -> Book:
    """Read and rendered once a process."""
    return read_book(settings.BASE_DIR / "docs" / "guide", settings.BASE_DIR / "CHANGELOG.md")


def read_book(folder: Path, changelog: Path) -> Book:
    """The guide's files by name (`10-errors.md` is the page `errors`), then the changelog as the release notes."""
    pages = [page_of(path.stem.partition("-")[2], path.read_text()) for path in sorted(folder.glob("*.md"))]
    if changelog.exists():
        text = changelog.read_text().replace("# Changelog", "# Release notes", 1)
        pages.append(page_of(RELEASE_NOTES, _without_empty_sections(text)))
    return Book(tuple(pages))


def page_of(slug: str, text: str) -> Page:
    """One page out of its Markdown."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    tokens = markdown.parse(text)
    sections = tuple(_sections(tokens))
    html = markdown.renderer.render(tokens, markdown.options, {})
    title = sections[0].title if sections else slug
    return Page(slug, title, mark_safe(html), sections)  # noqa: S308 - our own files, HTML switched off


def _sections(tokens: list[Token]) -> Iterator[Section]:
    """Gives each heading an anchor of its own, on the way."""
    taken: set[str] = set()
    title, anchor, level, texts = "", "", 1, list[str]()
    for index, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag in HEADINGS:
            if title:
                yield Section(title, anchor, level, " ".join(texts))
            title, level, texts = plain(tokens[index + 1]), HEADINGS[token.tag], []
            anchor = "" if level == 1 else _free(anchor_of(title), taken)
            if anchor:
                token.attrSet("id", anchor)
        elif token.type in {"inline", "fence", "code_block"} and tokens[index - 1].type != "heading_open":
            texts.append(plain(token))
    if title:
        yield Section(title, anchor, level, " ".join(texts))


def _free(anchor: str, taken: set[str]) -> str:
    free, number = anchor, 2
    while free in taken:
        free, number = f"{anchor}-{number}", number + 1
    taken.add(free)
    return free


def plain(token: Token) -> str:
    """The words of a token, without their markup."""
    if token.children is None:
        return " ".join(token.content.split())
    words = "".join(
        child.content if child.type in {"text", "code_inline"} else " " * child.type.endswith("break")
        for child in token.children
    )
    return " ".join(words.split())


def _without_empty_sections(text: str) -> str:
    """A month that had no bug fixes does not say so with an empty heading."""
    return re.sub(r"^### .+\n\s*(?=^##|\Z)", "", text, flags=re.MULTILINE)
