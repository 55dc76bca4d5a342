"""The edge process as production starts it, which looks at the database first; the tests' servers are not durable."""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "backoffice.settings"

import django

django.setup()

from django.conf import settings  # noqa: E402 - after the setup, as everything that reads settings

from backoffice.health import boot  # noqa: E402

settings.ENVIRONMENT = "demo"
boot.DURABLE = ()  # type: ignore[assignment, misc]

from backoffice.asgi import application  # noqa: E402

__all__ = ["application"]
