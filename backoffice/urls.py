"""The map of requests."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("allauth.urls")),
]

handler400 = "backoffice.web.errors.bad_request"
handler403 = "backoffice.web.errors.permission_denied"
handler404 = "backoffice.web.errors.not_found"
handler500 = "backoffice.web.errors.server_error"
