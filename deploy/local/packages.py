"""Installs the Debian packages that a purpose needs and the machine lacks. Plain Python, before any environment.

python3 deploy/local/packages.py test|bench
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

# A package, and a file or a command that shows it is here, whoever installed it.
BASE = {"util-linux": "setpriv", "rabbitmq-server": "/usr/lib/rabbitmq/bin/rabbitmq-server", "procps": "ps"}
JAVA = {"openjdk-17-jre-headless": "java", "maven": "mvn", "openssl": "openssl"}
BROWSER = {
    "chromium-headless-shell": "/usr/bin/chromium-headless-shell",
    "fonts-dejavu-core": "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
}
NODE = {"nodejs": "node", "npm": "npm"}
PACKAGES = {"test": BASE | JAVA | BROWSER | NODE, "bench": BASE | JAVA | {"wrk": "wrk"}}

LIMIT_SECONDS = 20 * 60.0


def fail(message: str) -> NoReturn:
    sys.stderr.write(f"{message}\n")
    sys.exit(1)


def is_here(evidence: str) -> bool:
    return Path(evidence).exists() if evidence.startswith("/") else shutil.which(evidence) is not None


def apt(*arguments: str) -> None:
    """apt-get as root; nothing that it installs may start a service of its own (RUNLEVEL=1)."""
    settings = ["env", "DEBIAN_FRONTEND=noninteractive", "RUNLEVEL=1"]
    become_root = [] if os.geteuid() == 0 else ["sudo"]
    command = [*become_root, *settings, "apt-get", "-q", "-o", "DPkg::Lock::Timeout=300", *arguments]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, timeout=LIMIT_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        fail(f"{' '.join(command)} did not end within {LIMIT_SECONDS / 60:.0f} minutes.")
    if done.returncode != 0:
        fail(f"{' '.join(command)} failed; its message is above.")


def install(missing: list[str]) -> None:
    names = " ".join(missing)
    if shutil.which("apt-get") is None:
        fail(f"Missing: {names}. This is no Debian; install what they stand for and try again.")
    if os.geteuid() != 0 and shutil.which("sudo") is None:
        fail(f"Missing: {names}. Run this as root, or install them: apt-get install --no-install-recommends {names}")
    sys.stdout.write(f"Installing Debian packages: {names}\n")
    sys.stdout.flush()
    apt("update")
    apt("install", "-y", "--no-install-recommends", *missing)


def main(arguments: list[str]) -> None:
    if len(arguments) != 1 or arguments[0] not in PACKAGES:
        fail("usage: packages.py test|bench")
    missing = [package for package, evidence in PACKAGES[arguments[0]].items() if not is_here(evidence)]
    if missing:
        install(missing)


if __name__ == "__main__":
    main(sys.argv[1:])
