"""What `make run` and `make test` do on a machine that lacks something: help themselves, or say it in one line."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SETUP = ROOT / "scripts" / "setup"
TOOLS = ("bash", "dirname", "env", "cat", "chmod", "rm", "tee", "touch", "grep", "head")
"""What the script itself runs, and every Debian has."""


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """Give a directory with the script's own tools and nothing else, to be the whole PATH."""
    directory = tmp_path / "bin"
    directory.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found is not None
        (directory / tool).symlink_to(found)
    fake(directory, "uname", "echo Linux")
    return directory


def fake(directory: Path, name: str, script: str) -> None:
    """Put a program of our own making into a directory."""
    program = directory / name
    program.write_text(f"#!/bin/bash\n{script}\n")
    program.chmod(0o755)


def setup(part: str, path: Path, python: str = "python3") -> subprocess.CompletedProcess[str]:
    env = {"PATH": str(path), "PYTHON": python, "HOME": "/"}
    return subprocess.run(
        ["/bin/bash", str(SETUP), part], env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )


def assert_one_line(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("sockscope: ")
    assert done.stderr.count("\n") == 1
    assert [word for word in words if word not in done.stderr] == []


@pytest.mark.parametrize("part", ["run", "test", "packages"])
def test_another_system_is_named(tools: Path, part: str) -> None:
    fake(tools, "uname", "echo Darwin")
    assert_one_line(setup(part, tools), "Linux only", "Darwin")


def test_a_missing_python_is_named(tools: Path) -> None:
    assert_one_line(setup("run", tools, "python3.99"), "python3.99 is missing", "3.11")


def test_an_old_python_is_named_with_its_version(tools: Path) -> None:
    fake(tools, "python3", '[[ $1 == -V ]] && { echo "Python 3.9.2"; exit 0; }; exit 1')
    assert_one_line(setup("run", tools), "3.11", "Python 3.9.2")


def test_a_python_without_venv_is_named_where_nothing_can_install_it(tools: Path) -> None:
    fake(tools, "python3", "[[ $2 != *ensurepip* ]]")
    assert_one_line(setup("run", tools), "python3-venv")


WORKING_PYTHON = """
[[ $2 == venv ]] || exit 0
/bin/mkdir -p "$3/bin"
printf '#!/bin/bash\\nexit 0\\n' >"$3/bin/python"
chmod 755 "$3/bin/python"
"""


@pytest.mark.parametrize("part", ["run", "test"])
def test_what_takes_a_while_is_said_before_it_begins(tools: Path, tmp_path: Path, part: str) -> None:
    fake(tools, "python3", WORKING_PYTHON)
    checkout = tmp_path / "checkout"
    (checkout / "scripts").mkdir(parents=True)
    script = shutil.copy(SETUP, checkout / "scripts" / "setup")
    env = {"PATH": str(tools), "HOME": "/"}
    done = subprocess.run(["/bin/bash", script, part], env=env, capture_output=True, text=True, check=True)
    assert (checkout / ".venv" / "run.stamp").exists()
    first, *_rest = done.stderr.splitlines()
    assert first.startswith("sockscope: setting up .venv with ")
    assert done.stdout == ""


def test_an_unknown_part_is_bad_usage(tools: Path) -> None:
    assert_one_line(setup("everything", tools), "usage:", "run", "test", "packages")


APT_GET = """
echo "$DEBIAN_FRONTEND $*" >>{log}
[[ " $* " == *" install "* ]] || exit 0
# As invoke-rc.d does: without a policy everything may start, and 101 forbids it.
[[ -x /usr/sbin/policy-rc.d ]] && {{ /usr/sbin/policy-rc.d nginx start; [[ $? == 101 ]]; }} ||
    echo "nginx starts" >>{log}
printf '#!/bin/bash\\n' >/usr/sbin/nginx
chmod 755 /usr/sbin/nginx
"""
ELSEWHERE = "mount -t tmpfs -o mode=755 tmpfs /usr/sbin && {command} && {{ ! test -e /usr/sbin/policy-rc.d; }}"
"""Run a command where sbin is empty, so that nginx is missing, and no policy is in force before or after."""


def setup_packages_without_nginx(directory: Path, *before: str) -> subprocess.CompletedProcess[str]:
    # The script comes through stdin: nobody may not enter the directory of the test, or of the checkout.
    command = ELSEWHERE.format(command=" ".join([*before, "bash -s packages"]))
    with SETUP.open("rb") as script:
        return subprocess.run(
            ["unshare", "--mount", "--propagation", "private", "bash", "-c", command],
            env={"PATH": f"{directory}:/usr/bin:/bin"},
            stdin=script,
            capture_output=True,
            text=True,
            check=False,
            cwd="/usr",
        )


@pytest.mark.needs("root", "unshare", "tmux", "ss", "lsof", "strace")
def test_a_missing_package_is_installed_without_a_question_and_without_starting_its_service(tmp_path: Path) -> None:
    log = tmp_path / "log"
    fake(tmp_path, "apt-get", APT_GET.format(log=log))
    for program in ("systemctl", "losetup", "mkfs.ext4", "mkfs.btrfs", "haproxy"):
        fake(tmp_path, program, "exit 0")
    done = setup_packages_without_nginx(tmp_path)
    assert done.returncode == 0, done.stderr
    update, install = log.read_text().splitlines()
    assert update.startswith("noninteractive ")
    assert update.endswith(" update")
    assert install.startswith("noninteractive ")
    assert install.endswith(" install -y --no-install-recommends nginx")


@pytest.mark.needs("root", "unshare", "setpriv", "tmux", "ss", "lsof", "strace")
def test_without_root_a_missing_package_is_named_with_the_command_that_installs_it(tmp_path: Path) -> None:
    done = setup_packages_without_nginx(
        tmp_path, "setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups"
    )
    assert_one_line(done, "missing on this machine: nginx", "sudo apt-get install -y")


@pytest.mark.needs("root", "unshare", "tmux", "ss", "lsof", "strace")
def test_a_failing_installation_is_said_in_one_line_after_what_was_tried(tmp_path: Path) -> None:
    fake(tmp_path, "apt-get", "exit 100")
    done = setup_packages_without_nginx(tmp_path)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("sockscope: could not install nginx")


def test_the_makefile_lists_its_targets(tmp_path: Path) -> None:
    done = subprocess.run(["make", "-C", str(ROOT), "-s"], capture_output=True, text=True, check=True, env=os.environ)
    for target in ("make run", "make test", "make check"):
        assert target in done.stdout
