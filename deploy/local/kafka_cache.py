"""What a private Kafka needs and every run shares: the jars, certificates, a class archive, a primed data directory.

Made once for each version of the recipe below, in ``.potluck/kafka/<digest>``, by whichever run asks first; the others
wait for it. Nothing half made is ever found there: it is made beside, and moved when it is whole.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local.private import PRIVATE, say, taken
from deploy.local.server import HOST, ServerError

POM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>potluck</groupId>
  <artifactId>kafka</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>4.3.1</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
"""
USERNAME = "potluck"
PASSWORD = "potluck-kafka"
CLUSTER_ID = "cG90bHVjay1sb2NhbC1rYQ"
MODULES = "org.apache.kafka.common.security"
LOGINS = f"""KafkaServer {{
  {MODULES}.plain.PlainLoginModule required user_{USERNAME}="{PASSWORD}";
  {MODULES}.scram.ScramLoginModule required;
}};
"""
# A change of how the template is made makes another one.
RECIPE = "1"

INSTALL_SECONDS = 10 * 60.0
TOOL_SECONDS = 120.0
PATIENCE_SECONDS = INSTALL_SECONDS + 5 * 60.0


@dataclass(frozen=True)
class Cache:
    """Where the shared parts are."""

    directory: Path

    @property
    def jars(self) -> Path:
        return self.directory / "jars"

    @property
    def class_archive(self) -> Path:
        return self.directory / "kafka.jsa"

    @property
    def template(self) -> Path:
        """A data directory, formatted, with a user and the topic of the groups' offsets."""
        return self.directory / "template"

    @property
    def authority(self) -> Path:
        """The certificate that clients trust."""
        return self.directory / "tls" / "ca.pem"

    @property
    def keystore(self) -> Path:
        return self.directory / "tls" / "keystore.pem"

    @property
    def logins(self) -> Path:
        return self.directory / "tls" / "logins.conf"

    @property
    def is_primed(self) -> bool:
        return self.class_archive.exists() and self.template.is_dir()


@contextmanager
def prepared_cache(root: Path = PRIVATE / "kafka") -> Iterator[Cache]:
    """The cache with jars and certificates, held against other runs while the block lasts."""
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (root / "lock").open("a") as lock:
        if not taken(lock, PATIENCE_SECONDS):
            raise ServerError(
                f"another run has been installing Kafka in {root} for {PATIENCE_SECONDS / 60:.0f} minutes"
            )
        digest = hashlib.sha256("\n".join((RECIPE, POM, LOGINS)).encode()).hexdigest()[:16]
        cache = Cache(root / digest)
        if not cache.directory.exists():
            with tempfile.TemporaryDirectory(prefix="draft-", dir=root) as name:
                draft = Cache(Path(name) / "kafka")
                draft.directory.mkdir()
                install_jars(draft)
                make_certificates(draft)
                draft.directory.rename(cache.directory)
        yield cache


def install_jars(cache: Cache) -> None:
    say("Installing Apache Kafka by Maven (once for each change of its version) …")
    (cache.directory / "pom.xml").write_text(POM)
    options = ("-DincludeScope=runtime", f"-DoutputDirectory={cache.jars}")
    run("mvn", "-q", "-B", "dependency:copy-dependencies", *options, directory=cache.directory, seconds=INSTALL_SECONDS)
    if not any(cache.jars.glob("kafka_*.jar")):
        raise ServerError("Maven brought no Kafka")


def make_certificates(cache: Cache) -> None:
    """A throwaway authority, and the broker's certificate for the names under which it is reached here."""
    tls = cache.authority.parent
    tls.mkdir()
    request = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650")
    run(*request, "-subj", "/CN=Potluck test authority", "-keyout", "ca.key", "-out", "ca.pem", directory=tls)
    names = ("-addext", f"subjectAltName=IP:{HOST}", "-CA", "ca.pem", "-CAkey", "ca.key")
    run(*request, "-subj", f"/CN={HOST}", *names, "-keyout", "own.key", "-out", "own.pem", directory=tls)
    parts = [(tls / name).read_text() for name in ("own.key", "own.pem", "ca.pem")]
    cache.keystore.touch(mode=0o600)
    cache.keystore.write_text("".join(parts))
    cache.logins.write_text(LOGINS)


def keep_template(cache: Cache, data: Path) -> None:
    """Makes a template of the data of a server that was stopped in order."""
    draft = cache.template.with_suffix(".new")
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(data, draft)
    # One may be left where the archive of classes was not: the machine was too busy for the server's end.
    shutil.rmtree(cache.template, ignore_errors=True)
    draft.rename(cache.template)


def run(*command: str, directory: Path, seconds: float = TOOL_SECONDS) -> None:
    if shutil.which(command[0]) is None:
        raise ServerError(f"{command[0]} is missing; make test and make bench install it on Debian")
    try:
        done = subprocess.run(
            command,
            cwd=directory,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ServerError(f"{command[0]} did not end within {seconds:.0f} s") from None
    if done.returncode != 0:
        raise ServerError(f"{' '.join(command[:4])} failed.\n{(done.stdout + done.stderr)[-2000:]}")
