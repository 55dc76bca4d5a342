"""Settings: documented to the last variable, and strict in production."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Read by a library itself, not by our settings.
OTHERS = {"PROMETHEUS_MULTIPROC_DIR"}
SAFE = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": "x" * 50,
    "FIELD_ENCRYPTION_KEYS": "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=",
    "ALLOWED_HOSTS": "potluck.example",
}


def variables_of_settings() -> set[str]:
    tree = ast.parse((ROOT / "backoffice" / "settings.py").read_text())
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {
        str(call.args[0].value)
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "env"
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }


def test_the_example_names_exactly_what_is_read() -> None:
    example = (ROOT / ".env.example").read_text()
    named = set(re.findall(r"^(?:# )?([A-Z][A-Z0-9_]+)=", example, re.MULTILINE))
    assert named - OTHERS == variables_of_settings()


def test_the_environment_is_read_in_one_place() -> None:
    offenders = [
        str(path.relative_to(ROOT))
        for app in ("backoffice", "jackpots", "integrations", "campaigns", "reporting")
        for path in (ROOT / app).rglob("*.py")
        if re.search(r"os\.environ(?!\.setdefault\(\"DJANGO_SETTINGS_MODULE\")|os\.getenv", path.read_text())
        and path.name != "settings.py"
    ]
    assert offenders == []


def load(**changes: str) -> subprocess.CompletedProcess[str]:
    environ = {"PATH": os.environ["PATH"], "DATABASE_URL": "postgresql://127.0.0.1:1/x"} | SAFE | changes
    command = [sys.executable, "-c", "import backoffice.settings as s; print(s.SESSION_COOKIE_SECURE)"]
    return subprocess.run(command, env=environ, cwd=ROOT, capture_output=True, text=True, check=False)


def test_production_starts_with_secrets_of_its_own() -> None:
    done = load()
    assert (done.returncode, done.stdout.strip()) == (0, "True"), done.stderr


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"SECRET_KEY": "demo-secret-key-that-no-production-process-accepts"}, "SECRET_KEY"),
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"FIELD_ENCRYPTION_KEYS": "ZGVtby1maWVsZC1lbmNyeXB0aW9uLWtleS0zMmJ5dGU="}, "FIELD_ENCRYPTION_KEYS"),
        (
            {"FIELD_ENCRYPTION_KEYS": f"{SAFE['FIELD_ENCRYPTION_KEYS']},ZGVtby1maWVsZC1lbmNyeXB0aW9uLWtleS0zMmJ5dGU="},
            "FIELD_ENCRYPTION_KEYS",
        ),
        ({"FIELD_ENCRYPTION_KEYS": ""}, "FIELD_ENCRYPTION_KEYS"),
        ({"DEBUG": "true"}, "DEBUG"),
        ({"ENVIRONMENT": "staging"}, "ENVIRONMENT"),
    ],
)
def test_production_refuses_what_is_not_safe(changes: dict[str, str], word: str) -> None:
    done = load(**changes)
    assert done.returncode != 0
    assert word in done.stderr.splitlines()[-1]
