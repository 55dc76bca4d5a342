"""A view names its rights; who lacks the right is refused."""

from typing import Any

from rest_framework.exceptions import MethodNotAllowed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from backoffice.accounts.rights import has_right
from backoffice.api.viewer import viewer_of


class RightRequired(BasePermission):
    """Reads the view's `rights`: {"GET": "instances.view", …}. A method without a right is refused to everybody."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether the viewer has the method's right; 405 for a method that the view does not have at all."""
        if request.method not in view.allowed_methods:
            raise MethodNotAllowed(str(request.method))
        right: str | None = getattr(view, "rights", {}).get(request.method)
        return right is not None and has_right(viewer_of(request), right)
