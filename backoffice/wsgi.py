"""Entry point of the web process."""

import os
import sys
from collections.abc import Callable, Iterable
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backoffice.settings")
django.setup(set_prefix=False)

from django.conf import settings  # noqa: E402 - after the setup, as everything that reads settings
from django.core.handlers.wsgi import WSGIHandler  # noqa: E402

from backoffice.core.garbage import spare_garbage  # noqa: E402
from backoffice.health.boot import refuse_unsafe_start  # noqa: E402

refuse_unsafe_start()


class MachineHandler(WSGIHandler):
    """The same Django with the short chain of MACHINE_MIDDLEWARE."""

    def load_middleware(self, is_async: bool = False) -> None:  # noqa: FBT001, FBT002 - Django's signature
        """Called once, while the process starts."""
        chain, settings.MIDDLEWARE = settings.MIDDLEWARE, settings.MACHINE_MIDDLEWARE
        try:
            super().load_middleware(is_async)
        finally:
            settings.MIDDLEWARE = chain


pages, machines = WSGIHandler(), MachineHandler()

# Threads that wait for the combiner keep what they have made so far; to search it again after every 700 objects found
# next to nothing and took an eighth of a contribution's time.
YOUNG_OBJECTS = 10_000
spare_garbage(young_objects=YOUNG_OBJECTS)

# The combiner's thread waits for the database a few times in each batch, with hot pots locked; each time it must not
# stand in line for 5 ms, which is how long the interpreter would let the others go on.
SWITCH_SECONDS = 0.0005
sys.setswitchinterval(SWITCH_SECONDS)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Each request goes to the chain that its address belongs to."""
    handler = machines if environ.get("PATH_INFO", "").startswith(settings.MACHINE_PATHS) else pages
    return handler(environ, start_response)
