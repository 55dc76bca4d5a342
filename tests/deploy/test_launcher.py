"""What the launcher refuses, and what it says; in a copy of the checkout, so that a running demo is not disturbed."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.private import CHECKOUT, held


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout without data, with the installed packages of this one."""
    copy = tmp_path / "checkout"
    shutil.copytree(CHECKOUT / "deploy", copy / "deploy", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(CHECKOUT / "Makefile", copy)
    return copy


def act(checkout: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    return subprocess.run(
        command, cwd=checkout, env=kept | environment, capture_output=True, text=True, timeout=60, check=False
    )


def demo(checkout: Path, verb: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return act(checkout, sys.executable, "-m", "deploy.local.demo", verb, **environment)


def test_the_contract_without_a_demo_exits_with_1_and_says_why(checkout: Path) -> None:
    done = act(checkout, "make", "demo-contract")
    assert (done.returncode, done.stdout) == (1, "")
    assert "No demo of this checkout is running" in done.stderr


def test_a_page_left_by_a_killed_demo_is_no_running_demo(checkout: Path) -> None:
    private = checkout / ".potluck" / "demo"
    with held(private):
        (private / "servers.json").write_text("{}")
    done = act(checkout, "make", "demo-contract")
    assert done.returncode == 1
    assert "No demo of this checkout is running" in done.stderr


@pytest.mark.parametrize("where", ["shell", "file"])
def test_production_settings_are_refused(checkout: Path, where: str) -> None:
    if where == "file":
        (checkout / ".env").write_text("DEBUG=false\nENVIRONMENT=production\n")
    done = demo(checkout, "run", **({"ENVIRONMENT": "production"} if where == "shell" else {}))
    assert done.returncode == 1
    assert "refuses to run with production settings" in done.stderr
    assert not (checkout / ".potluck" / "demo" / "servers").exists()


@pytest.mark.parametrize("variable", ["PORT", "EDGE_PORT"])
def test_a_taken_port_is_named_with_the_variable_that_moves_it(checkout: Path, variable: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        taken = listener.getsockname()[1]
        done = demo(checkout, "run", **({"PORT": "0"} | {"PORT": free_port(), variable: str(taken)}))
    assert done.returncode == 1
    assert f"Port {taken} of 127.0.0.1 cannot be used" in done.stderr
    assert f"make demo {variable}=" in done.stderr


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return str(listener.getsockname()[1])


def test_a_port_that_is_none_is_refused(checkout: Path) -> None:
    done = demo(checkout, "run", PORT="eighty")
    assert (done.returncode, done.stderr) == (1, "PORT=eighty is not a port.\n")


@pytest.mark.parametrize("verb", ["run", "reset"])
def test_one_demo_at_a_time(checkout: Path, verb: str) -> None:
    private = checkout / ".potluck" / "demo"
    with held(private):
        (private / "servers.json").write_text('{"web_url": "http://127.0.0.1:8000", "pid": 7}')
        done = demo(checkout, verb)
    assert done.returncode == 1
    assert "already runs at http://127.0.0.1:8000 (process 7)" in done.stderr
    assert (private / "servers.json").exists()


def test_reset_wipes_the_private_directory(checkout: Path) -> None:
    private = checkout / ".potluck" / "demo"
    (private / "servers" / "postgresql").mkdir(parents=True)
    done = demo(checkout, "reset")
    assert done.returncode == 0, done.stderr
    assert not private.exists()


def test_reset_does_not_touch_a_database_that_is_not_its_own(checkout: Path) -> None:
    private = checkout / ".potluck" / "demo"
    private.mkdir(parents=True)
    done = demo(checkout, "reset", DATABASE_URL="postgresql://db.example/potluck")
    assert done.returncode == 1
    assert "Drop that database yourself" in done.stderr
    assert private.exists()
