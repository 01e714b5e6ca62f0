"""A wheel of this checkout, installed where nothing else is."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MOMENT = "1700000000"
"""What builds take for the time of every file (reproducible-builds.org); a release takes its commit's."""


def run(*command: object, cwd: Path) -> str:
    """Run a program away from the checkout and return what it printed; show all of it when it fails."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    env["SOURCE_DATE_EPOCH"] = MOMENT
    done = subprocess.run(list(map(str, command)), cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the source archive from the checkout, and the wheel from the archive."""
    return _build(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="session")
def direct_wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel straight from the checkout, where sockscope/css is a link."""
    return _build(tmp_path_factory.mktemp("direct"), "--wheel")


def _build(out: Path, *options: str) -> Path:
    run(sys.executable, "-m", "build", *options, "--outdir", out, ROOT, cwd=out)
    (wheel,) = out.glob("*.whl")
    return wheel


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel in an empty virtual environment; gives the directory of its programs."""
    home = tmp_path_factory.mktemp("installed")
    run(sys.executable, "-m", "venv", home / "venv", cwd=home)
    run(home / "venv/bin/python", "-m", "pip", "install", "--quiet", wheel, cwd=home)
    return home / "venv/bin"
