"""The environment is made once for each lock, and only what is missing is installed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.private import CHECKOUT


def stub(path: Path, log: Path) -> None:
    """A program that writes down how it was called."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/sh\necho "$(basename "$0") RUNLEVEL=$RUNLEVEL $*" >> {log}\n')
    path.chmod(0o755)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "calls"
    path.touch()
    return path


@pytest.fixture
def checkout(tmp_path: Path, log: Path) -> Path:
    copy = tmp_path / "checkout"
    shutil.copytree(CHECKOUT / "deploy" / "local", copy / "deploy" / "local")
    stub(copy / ".venv" / "bin" / "python", log)
    (copy / "requirements.txt").write_text("one==1\n")
    (copy / "requirements-dev.txt").write_text("one==1\ntwo==2\n")
    return copy


def make(checkout: Path, purpose: str) -> subprocess.CompletedProcess[str]:
    script = checkout / "deploy" / "local" / "environment.py"
    return subprocess.run([sys.executable, str(script), purpose], capture_output=True, text=True, check=False)


def installs(log: Path) -> list[str]:
    return [line.split("/")[-1] for line in log.read_text().splitlines() if "pip install" in line]


def test_each_lock_is_installed_once(checkout: Path, log: Path) -> None:
    for purpose in ("demo", "demo", "test", "demo", "test"):
        assert make(checkout, purpose).returncode == 0
    assert installs(log) == ["requirements.txt", "requirements-dev.txt"]
    assert all("--require-hashes" in line for line in log.read_text().splitlines() if "install" in line)


def test_a_changed_lock_is_installed_again(checkout: Path, log: Path) -> None:
    make(checkout, "demo")
    (checkout / "requirements.txt").write_text("one==2\n")
    make(checkout, "demo")
    assert installs(log) == ["requirements.txt", "requirements.txt"]


def test_a_failed_installation_is_tried_again(checkout: Path, log: Path) -> None:
    python = checkout / ".venv" / "bin" / "python"
    working = python.read_text()
    python.write_text(working + 'case "$*" in *install*) exit 1;; esac\n')
    failed = make(checkout, "demo")
    assert failed.returncode == 1
    assert "pip could not install requirements.txt" in failed.stderr
    python.write_text(working)
    assert make(checkout, "demo").returncode == 0
    assert installs(log) == ["requirements.txt", "requirements.txt"]


def test_the_stamp_holds_digests_alone(checkout: Path) -> None:
    make(checkout, "test")
    stamp = json.loads((checkout / ".venv" / "potluck-stamp.json").read_text())
    assert set(stamp) == {"requirements.txt", "requirements-dev.txt"}
    assert all(len(digest) == 64 for digest in stamp.values())


def install_packages(checkout: Path, log: Path, evidence: str) -> subprocess.CompletedProcess[str]:
    programs = log.parent / "programs"
    stub(programs / "apt-get", log)
    (programs / "sudo").write_text('#!/bin/sh\nexec "$@"\n')
    (programs / "sudo").chmod(0o755)
    script = (
        f"import packages; packages.PACKAGES = {{'test': {{'libsomething': {evidence!r}}}}}; packages.main(['test'])"
    )
    return subprocess.run(
        [sys.executable, "-c", script],
        env={"PATH": f"{programs}:{os.environ['PATH']}", "PYTHONPATH": str(checkout / "deploy" / "local")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_missing_package_is_installed_and_may_start_no_service(checkout: Path, log: Path) -> None:
    done = install_packages(checkout, log, "/no/such/file")
    assert done.returncode == 0, done.stderr
    update, install = log.read_text().splitlines()
    assert update.endswith(" update")
    assert install.endswith(" install -y --no-install-recommends libsomething")
    assert "RUNLEVEL=1" in install
    assert "DPkg::Lock::Timeout" in install


def test_nothing_is_installed_that_is_here(checkout: Path, log: Path) -> None:
    assert install_packages(checkout, log, "sh").returncode == 0
    assert log.read_text() == ""
