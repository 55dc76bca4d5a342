"""The rules of a jackpot for its players: a page, or the same as JSON. Nobody needs a token, or a script."""

from typing import Any, Final
from uuid import UUID

from django.http import QueryDict
from django.template.response import TemplateResponse
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backoffice.api.gateway import GatewayView, address_of, parameter
from backoffice.api.limits import consume
from backoffice.api.schema import ref
from backoffice.core.errors import Refusal
from jackpots.queries.player_rules import rules_of
from jackpots.wire.player_rules.document import Facts, sections
from jackpots.wire.player_rules.language import NAMES, Language, chosen

READS_PER_MINUTE: Final = 120
_LANGUAGES: Final = ", ".join(NAMES)


class PlayerRules(GatewayView):
    """`/v1/rules/<instance id>`."""

    authentication_classes = []
    permission_classes = []

    @extend_schema(
        operation_id="public_rules_of_jackpot",
        tags=["public"],
        auth=[],
        responses={
            200: OpenApiResponse({"type": "object"}, description="The rules, section by section; a page as text/html."),
            400: ref("Error"),
            404: ref("Error"),
            429: ref("Error"),
        },
        parameters=[
            OpenApiParameter("lang", str, description=f"One of {_LANGUAGES}; else as Accept-Language says."),
            OpenApiParameter("format", str, enum=["html", "json"], description="Else as Accept says."),
            OpenApiParameter("brand_id", str, description="The pair: for the players of this brand."),
        ],
    )
    def get(self, request: Request, instance_id: UUID) -> Any:
        """The rules; 404 for a jackpot that there is not or that is not open to the brand."""
        consume(f"public:{address_of(request)}", limit=READS_PER_MINUTE, seconds=60)
        language = language_of(request)
        facts = rules_of(instance_id, parameter(request, "brand_id"))
        answer = self.page(facts, language) if is_page(request) else Response(document(facts, language))
        answer.headers["Access-Control-Allow-Origin"] = "*"
        answer.headers["Content-Language"] = language.code
        answer.headers["Vary"] = "Accept, Accept-Language"
        return answer

    def page(self, facts: Facts, language: Language) -> Any:
        """The rules as a page, in Django's own request: it can be copied, and middlewares know it."""
        request = self.request._request  # noqa: SLF001
        context = page(facts, language, request.GET.copy()) | {"instance_id": self.kwargs["instance_id"]}
        return TemplateResponse(request, "jackpots/player_rules.html", context)


def language_of(request: Request) -> Language:
    """The language of `lang`, else the one that the browser wants. Refusal(INVALID_REQUEST) for an unknown one."""
    try:
        return chosen(parameter(request, "lang"), request.headers.get("Accept-Language", ""))
    except LookupError:
        raise Refusal("INVALID_REQUEST", f"The languages are {_LANGUAGES}.", "lang") from None


def is_page(request: Request) -> bool:
    """Whether a page is wanted: `format`, else what Accept names first."""
    wanted = parameter(request, "format")
    if wanted not in (None, "html", "json"):
        raise Refusal("INVALID_REQUEST", "The format is html or json.", "format")
    if wanted is not None:
        return wanted == "html"
    accepted = request.headers.get("Accept", "").lower()
    html, json = accepted.find("text/html"), accepted.find("application/json")
    return html >= 0 and (json < 0 or html < json)


def document(facts: Facts, language: Language) -> dict[str, object]:
    """The rules as JSON."""
    return {
        "name": facts.name,
        "language": language.code,
        "jackpot_type": facts.terms.jackpot_type,
        "currency": facts.terms.currency,
        "version": facts.version,
        "in_force_since": facts.since,
        "sections": [{"key": one.key, "title": one.title, "lines": one.lines} for one in sections(facts, language)],
        "commitments": [{"pot": one.pot, "cycle": one.cycle, "commitment": one.digest} for one in facts.commitments],
    }


def page(facts: Facts, language: Language, query: QueryDict) -> dict[str, object]:
    """The same for the page, with its own words; `query` is what the address asks for."""
    others = []
    for code, name in NAMES.items():
        query["lang"] = code
        others.append((code, name, f"?{query.urlencode()}"))
    since = language.moment(facts.since) if facts.since is not None else ""
    return {
        "title": facts.name,
        "page_language": language.code,
        "facts": facts,
        "heading": language.say("rules"),
        "version": language.say("version", version=facts.version, date=since),
        "sections": sections(facts, language),
        "languages": others,
        "language_word": language.say("language"),
        "commitments": [
            (language.say("proof_now", pot=one.pot, cycle=one.cycle), one.digest) for one in facts.commitments
        ],
        "proof_page": language.say("proof_page"),
    }
