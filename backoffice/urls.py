"""The map of requests."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from backoffice.health.views import healthz, readyz
from backoffice.metrics.views import metrics
from backoffice.web.search import SearchPage

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("jackpots.api.urls")),
    path("", include("integrations.api.gateway_urls")),
    path("admin/", admin.site.urls),
    path("accounts/signup/", RedirectView.as_view(pattern_name="account_login")),
    path("accounts/email/", RedirectView.as_view(pattern_name="account_login")),
    path("accounts/password/reset/", RedirectView.as_view(pattern_name="account_login")),
    path("accounts/", include("allauth.urls")),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("", include("backoffice.api.urls")),
    path("", include("backoffice.docs.urls")),
    path("api/v1/", include("jackpots.api.v1.urls")),
    path("api/v1/", include("reporting.api.urls")),
    path("api/v1/", include("integrations.api.urls")),
    path("office/search/", SearchPage.as_view(), name="search"),
    path("office/", include("reporting.web.urls")),
    path("office/", include("backoffice.pages.urls")),
    path("office/", include("integrations.web.urls")),
    path("office/", include("campaigns.web.urls")),
    path("office/", include("jackpots.web.urls")),
    path("", include("jackpots.web.public_urls")),
    path("", RedirectView.as_view(pattern_name="dashboard"), name="home"),
    path("office/views/", include("backoffice.web.saved_views")),
]
if settings.ENVIRONMENT != "production":
    urlpatterns.append(path("", include("backoffice.demo.web.urls")))

handler400 = "backoffice.web.errors.bad_request"
handler403 = "backoffice.web.errors.permission_denied"
handler404 = "backoffice.web.errors.not_found"
handler500 = "backoffice.web.errors.server_error"
