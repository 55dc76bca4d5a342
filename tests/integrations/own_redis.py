"""A Redis of one test, which may be emptied and killed."""

import time
from pathlib import Path

from redis import Redis

from deploy.local.servers import Valkey

PATIENCE_SECONDS = 60


class OwnRedis:
    """A Valkey without any file; killed, it comes back empty at the same address."""

    def __init__(self, directory: Path) -> None:
        self.valkey = Valkey(directory / "valkey")
        self.valkey.start()
        self.url = self.valkey.url

    @property
    def client(self) -> Redis:
        return Redis.from_url(self.url)

    def empty(self) -> None:
        """FLUSHALL."""
        with self.client as client:
            client.flushall()

    def kill(self) -> None:
        """SIGKILL; nobody answers until `revive`."""
        assert self.valkey.process is not None
        self.valkey.process.kill()
        self.valkey.process.wait()

    def revive(self) -> None:
        """At the same port, with nothing in it."""
        self.valkey.spawn()
        assert self.valkey.wait_until_it_answers(time.monotonic() + PATIENCE_SECONDS)
