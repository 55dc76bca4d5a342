"""What the demo runs: the steps that prepare it, and the processes that are Potluck."""

from __future__ import annotations

import hashlib
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from deploy.local.private import CHECKOUT
from deploy.local.server import HOST
from deploy.local.supervisor import Child

BINARIES = Path(sys.executable).parent
MANAGE = (sys.executable, str(CHECKOUT / "manage.py"))


@dataclass(frozen=True)
class Demo:
    """One demo: its private directory, its ports, the servers it uses and its secrets."""

    directory: Path
    web_port: int
    edge_port: int
    database_url: str
    redis_url: str
    amqp_url: str
    kafka_bootstrap_servers: str
    secret_key: str
    field_encryption_key: str

    @property
    def web_url(self) -> str:
        return f"http://{HOST}:{self.web_port}"

    @property
    def edge_url(self) -> str:
        return f"http://{HOST}:{self.edge_port}"

    def environment(self) -> dict[str, str]:
        """What the application's settings read."""
        return {
            "ENVIRONMENT": "demo",
            "DJANGO_SETTINGS_MODULE": "backoffice.settings",
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "AMQP_URL": self.amqp_url,
            "KAFKA_BOOTSTRAP_SERVERS": self.kafka_bootstrap_servers,
            "SECRET_KEY": self.secret_key,
            "FIELD_ENCRYPTION_KEYS": self.field_encryption_key,
            "WEB_URL": self.web_url,
            "EDGE_URL": self.edge_url,
            "EDGE_PORT": str(self.edge_port),
            "PYTHONUNBUFFERED": "1",
            # The demo may well be root's; its processes are bound to this machine.
            "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
        }


def static_digest() -> str:
    """Changes when the files that collectstatic would gather may have changed."""
    gathered = hashlib.sha256((CHECKOUT / "requirements.txt").read_bytes())
    for path in sorted((CHECKOUT / "static" / "dist").rglob("*")):
        if path.is_file():
            gathered.update(str(path).encode())
            gathered.update(path.read_bytes())
    return gathered.hexdigest()


def static_step(demo: Demo) -> Child | None:
    """Gathers and compresses the static files; None when that was done for just these files."""
    stamp = CHECKOUT / "staticfiles" / "potluck-stamp"
    digest = static_digest()
    if stamp.exists() and stamp.read_text() == digest:
        return None
    # The stamp is written by the same command, after the files: half a collection is never taken for a whole one.
    script = (
        "import sys; from pathlib import Path; from django.core.management import execute_from_command_line as run;"
        "run(['manage.py', 'collectstatic', '--no-input', '--clear', '--verbosity', '0']);"
        "Path(sys.argv[1]).write_text(sys.argv[2])"
    )
    return Child("static", (sys.executable, "-c", script, str(stamp), digest), demo.environment(), restarts=False)


def data_step(demo: Demo) -> Child:
    """Makes the tables and the data, in one process: starting one takes as long as looking that all is there."""
    script = (
        "import django; django.setup(); from django.core.management import call_command;"
        "call_command('migrate', interactive=False, verbosity=0); call_command('seed_demo')"
    )
    return Child("data", (sys.executable, "-c", script), demo.environment(), restarts=False)


def children(demo: Demo) -> list[Child]:
    """The processes of Potluck, in the order in which they start; they stop in the reverse order.

    The web server has workers of its own to look after when the launcher is killed; the others are one process each.
    """
    environment = demo.environment()
    return [
        Child("web", web_command(demo), environment | shared_counts(demo), death_signal="TERM"),
        Child("edge", edge_command(demo), environment, death_signal="KILL"),
        Child("worker", worker_command(), environment, death_signal="KILL"),
        Child("beat", beat_command(demo), environment, death_signal="KILL"),
        Child("traffic", (*MANAGE, "generate_traffic"), environment, death_signal="KILL"),
    ]


def shared_counts(demo: Demo) -> dict[str, str]:
    """Where the workers of the web server keep their counters, so that whichever is asked tells the sums of all.

    The directory is theirs alone and starts empty: what an earlier run counted is none of this one's.
    """
    directory = demo.directory / "metrics"
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(mode=0o700, parents=True)
    return {"PROMETHEUS_MULTIPROC_DIR": str(directory)}


def web_command(demo: Demo) -> tuple[str, ...]:
    """Pages and the API: plain HTTP, an interpreter for each of two cores; most threads wait for the combiner."""
    options = ("--host", HOST, "--port", str(demo.web_port), "--workers", "2", "--blocking-threads", "32")
    quiet = ("--no-ws", "--log-level", "warning", "--respawn-failed-workers", "--workers-kill-timeout", "5")
    return (str(BINARIES / "granian"), "--interface", "wsgi", *options, *quiet, "backoffice.wsgi:application")


def edge_command(demo: Demo) -> tuple[str, ...]:
    """The hot lane and the sockets."""
    sockets = ("--ws", "websockets-sansio", "--ws-per-message-deflate", "false")
    options = ("--host", HOST, "--port", str(demo.edge_port), "--log-level", "warning", "--no-access-log")
    patience = ("--timeout-graceful-shutdown", "3")
    # Nobody's address is asked for here, and an answer is written in one go.
    http = ("--http", "jackpots.edge.http:OneWriteProtocol", "--no-proxy-headers", "--no-server-header")
    return (str(BINARIES / "uvicorn"), *sockets, *http, *options, *patience, "backoffice.asgi:application")


def worker_command() -> tuple[str, ...]:
    """Tasks, and the feeds that the worker's supervisor runs."""
    options = ("-Q", "default,feeds", "--pool", "threads", "--concurrency", "4", "--loglevel", "WARNING")
    return (
        str(BINARIES / "celery"),
        "--quiet",
        "-A",
        "backoffice",
        "worker",
        *options,
        "--without-gossip",
        "--without-mingle",
    )


def beat_command(demo: Demo) -> tuple[str, ...]:
    """The clock of the tasks."""
    options = ("--schedule", str(demo.directory / "beat-schedule"), "--pidfile=", "--loglevel", "WARNING")
    return (str(BINARIES / "celery"), "--quiet", "-A", "backoffice", "beat", *options)
