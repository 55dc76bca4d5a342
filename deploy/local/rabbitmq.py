"""A private RabbitMQ."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import amqp

from deploy.local.server import HOST, STOP_SECONDS, Server, ServerError, bound_command, free_port


class RabbitMQ(Server):
    """Debian's RabbitMQ, run privately beside the packaged service, with a port mapper of its own."""

    name = "rabbitmq"
    script = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")

    def __init__(self, directory: Path, *, durable: bool = False) -> None:
        super().__init__(directory, durable=durable)
        self.mapper_port = 0
        self.mapper: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"amqp://potluck:potluck@{HOST}:{self.port}/%2F"

    @property
    def base(self) -> Path:
        return self.directory / "rabbitmq"

    def prepare(self) -> None:
        if not self.script.exists():
            raise ServerError("RabbitMQ is missing; install Debian's package rabbitmq-server")
        for folder in ("home", "mnesia", "log"):
            (self.base / folder).mkdir(parents=True, exist_ok=True)
        (self.base / "enabled_plugins").write_text("[].\n")

    def configure(self) -> None:
        (self.base / "rabbitmq.conf").write_text(
            f"listeners.tcp.default = {HOST}:{self.port}\n"
            "log.console = true\nlog.file = false\ndisk_free_limit.absolute = 50MB\n"
            "default_user = potluck\ndefault_pass = potluck\n"
        )

    def environment(self) -> dict[str, str]:
        return dict(os.environ) | {
            "HOME": str(self.base / "home"),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_NODENAME": f"potluck{self.port}@localhost",
            "RABBITMQ_CONFIG_FILE": str(self.base / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.base / "enabled_plugins"),
            "RABBITMQ_MNESIA_BASE": str(self.base / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self.base / "log"),
            "RABBITMQ_PID_FILE": str(self.base / "pid"),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "ERL_EPMD_PORT": str(self.mapper_port),
            "ERL_EPMD_ADDRESS": HOST,
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": ("+S 1:1 +sbwt none -kernel inet_dist_use_interface {127,0,0,1}"),
        }

    def command(self) -> list[str]:
        return [str(self.script)]

    def spawn(self) -> None:
        self.stop_mapper()
        self.mapper_port = free_port()
        self.configure()
        # Without a mapper of its own the broker starts a shared one that outlives it.
        self.mapper = subprocess.Popen(
            bound_command(["epmd", "-port", str(self.mapper_port)], "TERM"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=self.environment(),
            start_new_session=True,
        )
        super().spawn()

    def answers(self) -> bool:
        connection = amqp.Connection(
            host=f"{HOST}:{self.port}", userid="potluck", password="potluck", connect_timeout=5, read_timeout=5
        )
        try:
            connection.connect()
        except (OSError, amqp.exceptions.AMQPError):
            return False
        connection.close()
        return True

    def stop(self) -> None:
        super().stop()
        self.stop_mapper()

    def stop_mapper(self) -> None:
        if self.mapper is not None:
            self.mapper.terminate()
            try:
                self.mapper.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.mapper.kill()
                self.mapper.wait()
            self.mapper = None
