"""Wherever the command line is started: one line at most, the contract's exit code, never a traceback."""

import shlex
import subprocess
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.live.commandline import LONGEST, PROGRAM

pytestmark = pytest.mark.needs("root")

CONTRACT = frozenset({0, 1, 2, 3})
COMMANDS = (
    "snapshot",
    "snapshot --format ndjson",
    "show 1",
    "show 1:0 --options",
    "show tcp:80",
    "--help",
    "collect",
    "",
)
STREAMS = ("<&-", ">&-", "</dev/null", ">/dev/full", "</dev/zero")
PEAK = """
import sockscope.cli.main
with open("/proc/self/status") as status:
    print(next(line.split()[1] for line in status if line.startswith("VmPeak:")))
"""
LEAST = int(
    subprocess.run(
        [PROGRAM[0], "-c", PEAK], stdout=subprocess.PIPE, check=True, text=True
    ).stdout
)  # fmt: skip
"""kB of memory until our code runs: with less the interpreter itself ends in a traceback."""
LIMITS = (
    *(f"-v {size}" for size in (LEAST + 2000, LEAST + 4000, 60_000, 75_000, 78_000, 90_000, 130_000, 200_000)),
    *(f"-n {number}" for number in (16, 20, 40, 63, 64, 65, 80)),
    *("-f 0", "-s 1024", "-u 1", "-c 0", "-t 60", "-l 0"),
)
"""Of memory in kB, open files, file size in blocks, stack in kB, processes, core, seconds, locked memory."""
PLACES = (
    "mount -t proc -o subset=pid proc /proc",
    "mount -t proc -o hidepid=2 proc /proc",
    "mount -t proc -o ro proc /proc",
    "mount -t tmpfs none /proc",
    "mount -t tmpfs none /sys",
    # Not over ourselves, where this tree lies below.
    *(["mount -t tmpfs none /tmp"] if not PROGRAM[0].startswith("/tmp/") else []),
    "mount --bind /dev/null /etc/passwd",
    "mkdir -p /tmp/gone-$$ && cd /tmp/gone-$$ && rmdir /tmp/gone-$$",
    "umask 777",
    "trap '' PIPE INT HUP",
    "exec 3</ 4</dev/null 9>/dev/null",
)
"""What else may be about a program: mounts, a working directory that is gone, ignored signals, open descriptors."""
NAMES = (
    "LC_ALL",
    "LANG",
    "PYTHONIOENCODING",
    "TERM",
    "COLUMNS",
    "HOME",
    "XDG_CONFIG_HOME",
    "SUDO_UID",
    "SUDO_GID",
    "TMPDIR",
)
VALUES = (
    "",
    "C",
    "tr_TR.ISO-8859-9",
    "xx_YY.nothing",
    "latin-1",
    "ascii",
    "dumb",
    "-1",
    "99999999999",
    "/nowhere",
    "\x1b]0;x\x07",
)
environments = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(VALUES), max_size=3).map(
    # Python itself refuses to start with an encoding that it does not know, before there is any code of ours.
    lambda found: {
        name: value for name, value in found.items() if name != "PYTHONIOENCODING" or value in {"latin-1", "ascii"}
    }
)


def run(
    command: str, streams: Sequence[str], limits: Sequence[str], places: Sequence[str], environment: dict[str, str]
) -> subprocess.CompletedProcess[bytes]:
    """Run the program in a mount namespace of its own, with the limits set last."""
    before = ["mount --make-rprivate /", *places, *(f"ulimit {limit}" for limit in limits)]
    # Set by env(1), since the shell would complain of a locale that there is none of.
    program = shlex.join(["env", *(f"{name}={value}" for name, value in environment.items()), *PROGRAM])
    line = " && ".join([*before, f"exec {program} {command} {' '.join(streams)}"])
    return subprocess.run(
        ["unshare", "--mount", "/bin/bash", "-c", line], stdin=subprocess.DEVNULL, capture_output=True,
        timeout=LONGEST, cwd="/", check=False,
    )  # fmt: skip


TIGHT = f"""
import resource, sys
import sockscope.cli.main
before = set(sys.modules)
resource.setrlimit(resource.RLIMIT_AS, ({LEAST + 4000} << 10,) * 2)
code = sockscope.cli.main.main(sys.argv[1:])
print(*(name for name in set(sys.modules) - before if name.startswith("sockscope.")))
sys.exit(code)
"""


@pytest.mark.parametrize("command", ["snapshot", "show 1", "findings", "why 1", "collect"])
def test_what_has_too_little_memory_says_so_before_it_loads_what_takes_it(command: str) -> None:
    """CPython 3.11 loops for ever now and then where an import ends for want of memory, so that none may begin."""
    done = subprocess.run(
        [PROGRAM[0], "-c", TIGHT, *command.split()], stdin=subprocess.DEVNULL, capture_output=True, timeout=LONGEST,
        check=False, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stderr.count("\n")) == (3, 1)
    assert "out of memory" in done.stderr
    assert done.stdout.split() == []


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(COMMANDS),
    st.lists(st.sampled_from(STREAMS), max_size=2, unique_by=lambda stream: stream[0]),
    st.lists(st.sampled_from(LIMITS), max_size=2, unique_by=lambda limit: limit[:2]),
    st.lists(st.sampled_from(PLACES), max_size=2, unique=True),
    environments,
)
@example("show 1", [], ["-v 78000"], [], {})
@example("show 1", [], [f"-v {LEAST + 2000}"], [], {})
@example("snapshot", [], [f"-v {LEAST + 4000}"], [], {})
@example("snapshot", [], [], ["mount -t tmpfs none /proc"], {})
@example("snapshot", ["<&-"], ["-n 64"], ["mount -t proc -o hidepid=2 proc /proc"], {"LC_ALL": "xx_YY.nothing"})
def test_any_surroundings_end_in_one_line_and_the_contract_s_code(
    command: str, streams: list[str], limits: list[str], places: list[str], environment: dict[str, str]
) -> None:
    done = run(command, streams, limits, places, environment)
    said = done.stderr
    assert done.returncode in CONTRACT, done
    assert b"Traceback" not in done.stdout + done.stderr, done
    if done.returncode:
        assert said.startswith(b"sockscope: "), done
        assert said.endswith(b"\n"), done
        assert said[:-1].decode().isprintable(), done
        assert len(said) < 1100, done
    elif command != "--help":  # which goes where it can
        assert said == b"", done
