"""Entry point of the web process."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backoffice.settings")

application = get_wsgi_application()

from backoffice.health.boot import refuse_unsafe_start  # noqa: E402 - after the setup, as everything that reads settings

refuse_unsafe_start()
