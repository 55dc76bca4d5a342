"""Entry point of the edge process: the hot lane of contributions and the sockets, nothing of Django's request stack."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backoffice.settings")
django.setup()

from channels.routing import ProtocolTypeRouter  # noqa: E402 - after the setup, as everything that reads settings

from backoffice.health.boot import refuse_unsafe_start  # noqa: E402
from backoffice.routing import sockets  # noqa: E402
from jackpots.edge.lane import lane, lifespan  # noqa: E402

refuse_unsafe_start()
application = ProtocolTypeRouter({"http": lane, "websocket": sockets, "lifespan": lifespan})
