"""Every page of the backoffice: who may see it, what rows it may see, in which time zone it speaks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, ClassVar, cast
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views import View

from backoffice.accounts.models import StaffUser
from backoffice.accounts.rights import has_right
from backoffice.accounts.viewer import scope_of
from backoffice.core.errors import Refusal
from backoffice.tenancy.models import Brand
from backoffice.tenancy.scope import Scope


@dataclass(frozen=True)
class BrandChoice:
    """The brand switch: what may be chosen and what is; nothing chosen means all."""

    options: tuple[Brand, ...]
    chosen: frozenset[str]

    @property
    def label(self) -> str:
        """What the closed switch says."""
        names = [brand.name for brand in self.options if brand.id in self.chosen]
        if not names:
            return "All brands"
        return names[0] if len(names) == 1 else f"{len(names)} brands"

    @property
    def query(self) -> str:
        """`brand=…&brand=…` for links that keep the choice; empty for all."""
        return urlencode([("brand", brand) for brand in sorted(self.chosen)])


class OfficeRequest(HttpRequest):
    """A request of a member of staff who is logged in and may see the page."""

    user: StaffUser
    scope: Scope
    brands: BrandChoice


@dataclass(frozen=True)
class Action:
    """A button or an entry of a menu. `right` hides it from who may not; `danger` paints it red.

    `refused` says why who has the right cannot do it here, and takes its address away. An act that `makes_own` changes
    nothing of what it stands beside, so that it is open to who is limited to brands.
    """

    label: str
    url: str
    icon: str = ""
    right: str | None = None
    danger: bool = False
    key: str = ""  # "approve" or "refuse": the keys `a` and `r` press it
    makes_own: bool = False
    refused: str = ""

    def allowed_to(self, user: StaffUser) -> bool:
        """Whether the viewer gets to see it."""
        return self.right is None or has_right(user, self.right)

    def refused_for(self, why: str) -> "Action":
        """The same act, not to be had for this reason; one that only looks, or makes something new, stays."""
        only_looks = self.right is None or self.right.endswith(".view")
        return self if not why or only_looks or self.makes_own else replace(self, refused=why)


def offered(actions: Iterable[Action], user: StaffUser, why_not: str = "") -> list[Action]:
    """Those of the acts that the viewer's rights include, refused where there is a reason."""
    return [action.refused_for(why_not) for action in actions if action.allowed_to(user)]


def reason_of(check: Callable[[], object]) -> str:
    """Why the check refuses; empty where it does not."""
    try:
        check()
    except Refusal as refusal:
        return refusal.message
    return ""


def brand_choice(request: HttpRequest, scope: Scope) -> BrandChoice:
    """The brands of the switch, and those that the address chooses. What is not the viewer's is not chosen."""
    brands = Brand.objects.filter(is_active=True)
    if scope.operator_id is not None:
        brands = brands.filter(operator_id=scope.operator_id)
    if scope.brand_ids is not None:
        brands = brands.filter(id__in=scope.brand_ids)
    options = tuple(brands.order_by("name", "id"))
    asked = {part for value in request.GET.getlist("brand") for part in value.split(",") if part}
    return BrandChoice(options, frozenset(brand.id for brand in options if brand.id in asked))


def narrowed_scope(scope: Scope, choice: BrandChoice) -> Scope:
    """The viewer's scope after the brand switch. Brands of one operator narrow the platform to that operator."""
    if not choice.chosen:
        return scope
    owners = {brand.operator_id for brand in choice.options if brand.id in choice.chosen}
    if scope.operator_id is None and len(owners) == 1:
        scope = Scope(owners.pop(), scope.brand_ids)
    return scope.narrowed(choice.chosen)


def _to_login(request: HttpRequest) -> HttpResponseBase:
    if request.headers.get("HX-Request") != "true":
        return redirect_to_login(request.get_full_path())
    # A part of a page cannot become the login: the whole page goes there.
    back = urlencode({"next": urlsplit(request.headers.get("HX-Current-URL", "")).path or "/office/"})
    return HttpResponse(headers={"HX-Redirect": f"{reverse(settings.LOGIN_URL)}?{back}"})


def _enter(request: HttpRequest, right: str | None) -> OfficeRequest | HttpResponseBase:
    user = request.user
    if not user.is_authenticated:
        return _to_login(request)
    if right is not None and not has_right(user, right):
        raise PermissionDenied
    entered = cast("OfficeRequest", request)
    full = scope_of(user)
    entered.brands = brand_choice(request, full)
    entered.scope = narrowed_scope(full, entered.brands)
    return entered


def _speak(user: StaffUser, answer: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    with timezone.override(ZoneInfo(user.time_zone)):
        response = answer()
        if isinstance(response, TemplateResponse):
            response.render()
    response.headers.setdefault("Cache-Control", "private, no-cache")
    return response


PageFunction = Callable[..., HttpResponseBase]


def office_page(right: str | None = None) -> Callable[[PageFunction], PageFunction]:
    """For a page that is one function: logged in, `right` held, `request.scope` and `request.brands` set."""

    def decorate(view: PageFunction) -> PageFunction:
        @wraps(view)
        def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            entered = _enter(request, right)
            if not isinstance(entered, HttpRequest):
                return entered
            return _speak(entered.user, lambda: view(entered, *args, **kwargs))

        return page

    return decorate


class OfficeView(View):
    """For a page that is a class. `right` is needed to see it, `change_right` to send anything to it."""

    right: ClassVar[str | None] = None
    change_right: ClassVar[str | None] = None
    title: str = ""
    template_name: str = ""
    request: OfficeRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Django's entrance."""
        sends = request.method not in {"GET", "HEAD", "OPTIONS"}
        entered = _enter(request, (self.change_right or self.right) if sends else self.right)
        if not isinstance(entered, HttpRequest):
            return entered
        self.request = entered
        return _speak(entered.user, lambda: self.answer(entered, *args, **kwargs))

    def answer(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """What the page says to who may see it."""
        return super().dispatch(request, *args, **kwargs)

    def page_title(self) -> str:
        """The heading, and the name of the browser's tab."""
        return self.title

    def context(self) -> dict[str, Any]:
        """What the template needs; pages add to it."""
        return {"title": self.page_title(), "view": self, "crumbs": self.crumbs()}

    def check_change(self) -> None:
        """Of what the page is about: Refusal(FORBIDDEN) where it is not the viewer's to change; pages say of whom."""

    def refuse_foreign(self) -> None:
        """403, with the reason, where `check_change` refuses; 404 where there is nothing that the viewer sees."""
        try:
            self.check_change()
        except Refusal as refusal:
            if refusal.code == "NOT_FOUND":
                raise Http404(refusal.message) from None
            raise PermissionDenied(refusal.message) from None

    def crumbs(self) -> list[tuple[str, str]]:
        """The way here: (label, address) pairs, the page itself left out."""
        return []

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Shows the page."""
        return self.render()

    def render(self, *, status: int = 200, **extra: Any) -> TemplateResponse:
        """The page with its context."""
        return TemplateResponse(self.request, self.template_name, {**self.context(), **extra}, status=status)
