"""Creates ``.venv`` from the hashed lock. Runs on the machine's own Python, before anything is installed.

    python3 deploy/local/environment.py demo|test

A stamp in ``.venv`` holds the digests of the lock files it was made from, so that a later run has nothing to do.
"""

import fcntl
import hashlib
import json
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

CHECKOUT = Path(__file__).resolve().parents[2]
VENV = CHECKOUT / ".venv"
STAMP = VENV / "potluck-stamp.json"
LOCKS = {"demo": ("requirements.txt",), "test": ("requirements.txt", "requirements-dev.txt")}
OLDEST_PYTHON = (3, 11)

LIMIT_SECONDS = 20 * 60.0


def fail(message: str) -> NoReturn:
    sys.stderr.write(f"{message}\n")
    sys.exit(1)


def digest(name: str) -> str:
    return hashlib.sha256((CHECKOUT / name).read_bytes()).hexdigest()


def wanted_stamp(purpose: str) -> dict[str, str]:
    return {name: digest(name) for name in LOCKS[purpose]}


def found_stamp() -> dict[str, str]:
    try:
        stamp: dict[str, str] = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return stamp


def is_usable() -> bool:
    """Whether the environment's Python runs and is new enough."""
    python = VENV / "bin" / "python"
    check = f"import sys, pip; sys.exit(sys.version_info < {OLDEST_PYTHON})"
    try:
        return subprocess.run([python, "-c", check], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def create() -> None:
    if find_spec("ensurepip") is None:
        fail("This Python cannot make virtual environments. On Debian: apt-get install python3-venv")
    if VENV.exists():
        sys.stdout.write("The .venv of this checkout does not run here; making it anew.\n")
        shutil.rmtree(VENV)
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False)
    if made.returncode != 0:
        fail(f"python -m venv failed.\n{made.stdout}{made.stderr}\nOn Debian: apt-get install python3-venv")


def install(lock: str) -> None:
    sys.stdout.write(f"Installing the packages of {lock} into .venv (once for each change of that file) …\n")
    sys.stdout.flush()
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command = [*pip, "--no-input", "--require-hashes", "-r", str(CHECKOUT / lock)]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, timeout=LIMIT_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        fail(f"pip did not install {lock} within {LIMIT_SECONDS / 60:.0f} minutes.")
    if done.returncode != 0:
        fail(f"pip could not install {lock}; its message is above.")


def make_environment(purpose: str) -> None:
    wanted = wanted_stamp(purpose)
    stamp = found_stamp()
    usable = is_usable()
    if usable and wanted.items() <= stamp.items():
        return
    if not usable:
        create()
        stamp = {}
    # The development lock contains the other one at the same versions.
    lock = LOCKS[purpose][-1]
    install(lock)
    STAMP.write_text(json.dumps(stamp | wanted, indent=2) + "\n")


def main(arguments: list[str]) -> None:
    if sys.version_info < OLDEST_PYTHON:
        fail(f"Potluck needs Python {'.'.join(map(str, OLDEST_PYTHON))} or newer; this is {sys.version.split()[0]}.")
    if len(arguments) != 1 or arguments[0] not in LOCKS:
        fail("usage: environment.py demo|test")
    (CHECKOUT / ".potluck").mkdir(mode=0o700, exist_ok=True)
    with (CHECKOUT / ".potluck" / "environment.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        make_environment(arguments[0])


if __name__ == "__main__":
    main(sys.argv[1:])
