"""The API reference: the description, and a page that shows it without asking any other host."""

from csp.constants import UNSAFE_INLINE
from csp.decorators import csp_update
from django.utils.decorators import method_decorator
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView


class Description(SpectacularAPIView):
    """The OpenAPI description of this version."""


# The script of the page writes styles of its own; nothing else is relaxed, and only here.
@method_decorator(csp_update({"style-src": [UNSAFE_INLINE]}), name="dispatch")
class Reference(SpectacularSwaggerSplitView):
    """The reference, offline."""

    url_name = "api-schema"
