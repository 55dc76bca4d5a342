"""The viewer's scope: which rows of which operator and brands a request may see, and which it may change."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TypeVar

from django.db import models

from backoffice.core.errors import Refusal

Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True)
class Scope:
    """`operator_id` None is the platform, which sees all operators; `brand_ids` None is all brands of the operator.

    `is_chosen` says that the brands are what the viewer wants to look at now, not what the viewer is limited to.
    """

    operator_id: str | None
    brand_ids: frozenset[str] | None = None
    is_chosen: bool = False

    @property
    def is_limited(self) -> bool:
        """Whether there are brands of the operator that are none of the viewer's business."""
        return self.brand_ids is not None and not self.is_chosen

    def rows(self, queryset: models.QuerySet[Row], *, brand_field: str | None = None) -> models.QuerySet[Row]:
        """The rows of the viewer's operator, and of the viewer's brands where the row has one in `brand_field`.

        A row without a brand belongs to the whole operator and is seen by every viewer of it.
        """
        if self.operator_id is not None:
            queryset = queryset.filter(operator_id=self.operator_id)
        if brand_field is not None and self.brand_ids is not None:
            queryset = queryset.filter(
                models.Q(**{f"{brand_field}__in": self.brand_ids}) | models.Q(**{f"{brand_field}__isnull": True})
            )
        return queryset

    def sees_operator(self, operator_id: str) -> bool:
        """Whether rows of this operator are in scope."""
        return self.operator_id is None or self.operator_id == operator_id

    def sees_brand(self, brand_id: str) -> bool:
        """Whether rows of this brand are in scope."""
        if self.operator_id is not None and brand_id.split(":", 1)[0] != self.operator_id:
            return False
        return self.brand_ids is None or brand_id in self.brand_ids

    def check_change(self, brand_id: str | None) -> None:
        """Of a row that is in scope: Refusal(FORBIDDEN) where it is the whole operator's, or another brand's, and the
        viewer is limited to brands. What is everybody's is seen by all, and changed by those without limits."""
        self.check_change_of(() if brand_id is None else (brand_id,))

    def check_change_of(self, brand_ids: Collection[str]) -> None:
        """The same of what belongs to several brands, none meaning the whole operator: all must be the viewer's."""
        if not self.may_change(brand_ids):
            raise Refusal("FORBIDDEN", "It is not your brands' alone; somebody without limits can change it.")

    def may_change(self, brand_ids: Collection[str]) -> bool:
        """Whether the viewer may change what belongs to these brands, none meaning the whole operator."""
        if not self.is_limited or self.brand_ids is None:
            return True
        return bool(brand_ids) and self.brand_ids.issuperset(brand_ids)

    def narrowed(self, brand_ids: Iterable[str]) -> "Scope":
        """The same scope, limited to those of `brand_ids` that it holds already."""
        asked = frozenset(brand for brand in brand_ids if self.sees_brand(brand))
        return Scope(self.operator_id, asked, is_chosen=not self.is_limited)
