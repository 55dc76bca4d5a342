"""Every model to be read, none to be changed: changes go through operations, which check, lock and write the log."""

from typing import Any, ClassVar

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib import admin
from django.db import models
from django.http import HttpRequest

OURS = ("backoffice.", "jackpots", "integrations", "campaigns", "reporting")
SECRETS = ("password", "digest", "sealed", "secret", "is_armed", "raw")
COLUMNS = 7
MODELS = models.Model


class ReadOnlyAdmin(admin.ModelAdmin[MODELS]):
    """Lists and shows; secrets, and what nobody may see before its time, are left out."""

    show_full_result_count = False
    list_per_page = 50
    actions = None
    columns: ClassVar[tuple[str, ...]] = ()

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: MODELS | None = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: MODELS | None = None) -> bool:
        """Never."""
        return False

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        """The key and the first few fields that are short."""
        return tuple(field.attname for field in shown_fields(self.model) if is_short(field))[:COLUMNS]

    def get_fields(self, request: HttpRequest, obj: MODELS | None = None) -> Any:
        """Everything that is no secret."""
        return [field.name for field in shown_fields(self.model)]

    def get_readonly_fields(self, request: HttpRequest, obj: MODELS | None = None) -> Any:
        """The same."""
        return self.get_fields(request, obj)

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """Newest first, as keys are."""
        return ("-pk",)


class SecondFactorAdmin(admin.ModelAdmin[Authenticator]):
    """The one thing that is done here: taking away the second factor of somebody who lost it."""

    list_display = ("user", "type", "created_at", "last_used_at")
    fields = ("user", "type", "created_at", "last_used_at")
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Everybody sets up their own."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Authenticator | None = None) -> bool:
        """There is nothing to change."""
        return False


def shown_fields(model: type[MODELS]) -> list[models.Field[Any, Any]]:
    """The model's own fields, without bytes and without secrets."""
    return [
        field
        for field in model._meta.concrete_fields  # noqa: SLF001 - Django's own way of asking
        if not isinstance(field, models.BinaryField) and not any(word in field.name for word in SECRETS)
    ]


def is_short(field: models.Field[Any, Any]) -> bool:
    """Whether a cell can hold it."""
    return not isinstance(field, models.TextField | models.JSONField)


def register_all() -> None:
    """Every model of ours that has one column for its key, and the second factors."""
    for model in apps.get_models():
        meta = model._meta  # noqa: SLF001 - Django's own way of asking
        if not meta.app_config.name.startswith(OURS) or isinstance(meta.pk, models.CompositePrimaryKey):
            continue
        if not admin.site.is_registered(model):
            admin.site.register(model, ReadOnlyAdmin)
    if admin.site.is_registered(Authenticator):
        admin.site.unregister(Authenticator)
    admin.site.register(Authenticator, SecondFactorAdmin)
