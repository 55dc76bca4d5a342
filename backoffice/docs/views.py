"""/docs/: the book, its search, and the index for the search in the page. Open to everybody: it holds no data."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from backoffice.docs.book import Page, book
from backoffice.docs.search import search


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> TemplateResponse:
    return TemplateResponse(request, template, {"pages": book().pages, **context})


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The first page."""
    return HttpResponseRedirect(book().pages[0].url)


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """One page of the book."""
    found: Page | None = book().page(slug)
    if found is None:
        raise Http404
    before, after = book().neighbours(found)
    contents = [section for section in found.sections if section.level == 2]
    context = {"title": found.title, "page": found, "before": before, "after": after, "contents": contents}
    return _page(request, "docs/page.html", context)


@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    """`?q=`: what was found, best first, its words marked. Needs no script."""
    question = request.GET.get("q", "")[:200]
    hits = search(book(), question)
    return _page(request, "docs/search.html", {"title": "Search", "question": question, "hits": hits})


@require_safe
@cache_control(public=True, max_age=300)
def index(request: HttpRequest) -> JsonResponse:
    """Every section as {title, url, text}, for the search in the page."""
    entries = [
        {
            "title": section.title if section.level == 1 else f"{page.title}: {section.title}",
            "url": page.url_of(section),
            "text": section.text,
        }
        for page in book().pages
        for section in page.sections
    ]
    return JsonResponse(entries, safe=False)


@require_safe
@cache_control(public=True, max_age=3600)
def security_txt(request: HttpRequest) -> HttpResponse:
    """RFC 9116: where to report a weakness."""
    lines = [
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {settings.SECURITY_EXPIRES}",
        "Preferred-Languages: en",
        f"Canonical: {settings.WEB_URL}/.well-known/security.txt",
        f"Policy: {settings.WEB_URL}/docs/security/",
    ]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")
