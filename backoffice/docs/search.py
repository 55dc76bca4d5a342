"""The search of the documentation: every word must be there, titles weigh more than texts. Pure."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from backoffice.docs.book import Book, Page, Section

LIMIT: Final = 30
WIDTH: Final = 200
_WORD: Final = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Hit:
    """A section that was found; `parts` is the excerpt as (text, whether it is one of the words)."""

    title: str
    page: str
    url: str
    score: int
    parts: tuple[tuple[str, bool], ...]


def folded(text: str) -> str:
    """Lower case, without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).lower()


def words_of(question: str) -> list[str]:
    """The different words of a question, in their order."""
    return list(dict.fromkeys(_WORD.findall(folded(question))))


def search(book: Book, question: str, limit: int = LIMIT) -> list[Hit]:
    """The sections that hold every word, best first; nothing for no words."""
    words = words_of(question)
    if not words:
        return []
    hits = [hit for page in book.pages for section in page.sections if (hit := _hit(page, section, words))]
    return sorted(hits, key=lambda hit: -hit.score)[:limit]


def _hit(page: Page, section: Section, words: list[str]) -> Hit | None:
    title, heading, text = folded(page.title), folded(section.title), folded(section.text)
    scores = [_score(word, title, heading, text) for word in words]
    if not all(scores):
        return None
    parts = tuple(marked(excerpt(section.text, words), words))
    return Hit(section.title, page.title, page.url_of(section), sum(scores), parts)


def _score(word: str, title: str, heading: str, text: str) -> int:
    score = min(_found(word, text), 5)
    if _found(word, heading):
        score += 20 if re.search(rf"\b{re.escape(word)}\b", heading) else 12
    return score + (6 if score and _found(word, title) else 0)


def _found(word: str, text: str) -> int:
    """How often a word of the text begins with it."""
    return len(re.findall(rf"\b{re.escape(word)}", text.replace("_", " ")))


def excerpt(text: str, words: list[str], width: int = WIDTH) -> str:
    """About `width` characters around the first of the words."""
    lowered = folded(text)
    places = [place for word in words if (place := lowered.find(word)) >= 0]
    start = max(0, min(places, default=0) - width // 3)
    start = text.rfind(" ", 0, start) + 1 if start else 0
    cut = text[start : start + width]
    is_whole = start + width >= len(text)
    if not is_whole:
        cut = cut.rpartition(" ")[0] or cut
    return f"{'…' if start else ''}{cut}{'' if is_whole else ' …'}"


def marked(text: str, words: list[str]) -> Iterator[tuple[str, bool]]:
    """The text in pieces, those that begin with one of the words marked."""
    if not words:
        yield text, False
        return
    pattern = re.compile(rf"(\b(?:{'|'.join(map(re.escape, words))})\w*)", re.IGNORECASE)
    for number, piece in enumerate(pattern.split(text)):
        if piece:
            yield piece, number % 2 == 1
