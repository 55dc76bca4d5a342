"""The documentation's addresses."""

from django.urls import path

from backoffice.docs import views

urlpatterns = [
    path("docs/", views.home, name="docs"),
    path("docs/index.json", views.index, name="docs_index"),
    path("docs/search/", views.search_page, name="docs_search"),
    path("docs/<slug:slug>/", views.page, name="docs_page"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
]
