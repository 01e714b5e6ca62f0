"""What a path means once the collector has said which file it leads to."""

from typing import Any

import msgspec
import pytest

from sockscope.abi.devices import device_text
from sockscope.frames.messages import Locate, Message, Request
from sockscope.model.located import FileUse, Located
from sockscope.world.targets.answers import TargetDeniedError, TargetMissingError
from sockscope.world.targets.forms import absolute, read_target, resolve
from sockscope.world.targets.uses import uses_of
from sockscope.world.world import World
from tests.world.build import START, descriptor, key, process, socket_fd, unix, world

DEV, INO = 0xFE00000, 0x1_2345_6789
"""An inode above 32 bits, of which unix_diag says the lower half."""
SOCKET = Located(1, "/run/x.sock", "socket", DEV, INO, DEV, INO)
FILE = Located(1, "/srv/x", "file", DEV, INO, DEV, INO)


def made() -> World:
    watch = {"wd": 1, "ino": INO, "dev": device_text(DEV), "mask": []}
    return world(
        socket_fd(1, 3, 5),
        socket_fd(2, 3, 6),
        descriptor(3, 4, "file", "f", ino=INO, dev=DEV, target="/other/name"),
        descriptor(4, 4, "file", "f", ino=INO, dev=DEV, target="/srv/x"),
        descriptor(5, 4, "file", "g", ino=INO, dev=DEV + 1, target="/srv/x"),
        descriptor(6, 4, "inotify", "i", fields={"watches": [watch]}),
        unix(5, local="/run/x.sock", state="LISTEN", bound=(DEV, 99)),
        unix(6, local="/run/tmp.sock", state="LISTEN", bound=(DEV, INO & 0xFFFFFFFF)),
        process(7),
        process(8, kernel_thread=True),
    )


def test_a_socket_is_found_by_the_file_it_is_bound_to_not_by_its_name() -> None:
    assert resolve(made(), "/run/x.sock", SOCKET)[0] == key(2, 3)
    assert resolve(made(), "unix:/run/x.sock", SOCKET) == [key(2, 3)]


def test_of_sockets_on_files_of_one_number_that_one_comes_first_whose_name_was_typed() -> None:
    bound = (DEV, INO & 0xFFFFFFFF)
    sockets = [unix(ino, local=f"/{name}/x.sock", state="LISTEN", bound=bound) for ino, name in ((5, "a"), (6, "b"))]
    twins = world(socket_fd(1, 3, 5), socket_fd(2, 3, 6), *sockets)
    for name, pid in (("a", 1), ("b", 2)):
        asked = Located(1, f"/proc/9/root/{name}/x.sock", "socket", DEV, INO, DEV, INO, numbered_apart=True)
        assert resolve(twins, asked.path, asked)[0] == key(pid, 3)
        assert {use.confidence for use in uses_of(twins, asked)} == {"inferred"}


def test_a_socket_of_a_kernel_that_does_not_tell_the_file_is_found_by_name() -> None:
    nameless = world(socket_fd(1, 3, 5), unix(5, local="/run/x.sock"))
    assert resolve(nameless, "/run/x.sock", SOCKET) == [key(1, 3)]
    (use,) = uses_of(nameless, SOCKET)
    assert (use.confidence, use.evidence) == ("inferred", "the name that was given to bind(2)")


def test_a_file_is_found_by_device_and_inode_under_any_name_once_for_all_its_holders() -> None:
    assert resolve(made(), "/srv/x", FILE) == [key(3, 4), key(6, 4)]
    assert [(use.use, use.pid, use.confidence) for use in uses_of(made(), FILE)] == [
        ("open", 3, "proven"),
        ("open", 4, "proven"),
        ("watch", 6, "proven"),
    ]


def test_the_file_of_a_network_namespace_is_used_by_who_lives_in_it() -> None:
    opened = descriptor(3, 5, "namespace", "net:[70]", ino=70, dev=4)
    lived_in = world(process(1, netns=70), process(2, netns=71), process(4, netns=70, kernel_thread=True), opened)
    located = Located(1, "/run/netns/blue", "namespace", 4, 70, 4, 70)
    uses = [(use.use, use.pid, use.confidence) for use in uses_of(lived_in, located)]
    assert uses == [("open", 3, "proven"), ("lives", 1, "proven")]
    of_the_same_number = msgspec.structs.replace(located, kind="file")
    assert [use.use for use in uses_of(lived_in, of_the_same_number)] == ["open"]


def test_where_files_are_numbered_apart_what_tables_say_is_inferred() -> None:
    apart = Located(1, "/srv/x", "file", 77, 9, DEV, INO, numbered_apart=True)
    fields = {"superblock": DEV}
    devices = ((1, 0), (2, 77), (3, 78))
    files = [descriptor(pid, 4, "file", f"f{pid}", ino=INO, dev=dev, fields=fields) for pid, dev in devices]
    uses = [(use.use, use.pid, use.confidence) for use in uses_of(world(*files), apart)]
    assert uses == [("open", 1, "inferred"), ("open", 2, "inferred")], "78 is another subvolume"
    assert [(use.use, use.confidence) for use in uses_of(made(), apart)] == [("watch", "inferred")]


def test_who_uses_it_without_a_descriptor_is_a_process() -> None:
    uses = (FileUse("mem", 7, START), FileUse("cwd", 7, START), FileUse("cwd", 8, START), FileUse("cwd", 99, START))
    found = msgspec.structs.replace(FILE, dev=1, superblock=1, uses=uses)
    assert [(use.use, use.pid) for use in uses_of(made(), found)] == [("cwd", 7), ("mem", 7)]
    assert [one.pid for one in resolve(made(), "/srv/x", found)] == [7]


def test_what_nobody_uses_is_missing_with_what_was_looked_at() -> None:
    alone = Located(1, "/srv/y", "file", 1, 2, 1, 2, unread=3, notes=("9 descriptors were not asked",))
    with pytest.raises(TargetMissingError, match=r"^/srv/y: no readable process has it open.*; 3 processes .*; 9 desc"):
        resolve(made(), "/srv/y", alone)
    with pytest.raises(TargetMissingError, match=r"^/srv/y: no socket is bound to it and no readable process has it"):
        resolve(made(), "/srv/y", msgspec.structs.replace(alone, kind="socket"))


def test_a_name_that_is_gone_names_who_holds_what_had_it() -> None:
    gone = Located(1, "/run/x.sock", missing=True, error="there is nothing of this name")
    with pytest.raises(TargetMissingError, match=r"^there is no /run/x.sock; 1:3 holds a socket that was bound"):
        resolve(made(), "/run/x.sock", gone)
    assert resolve(made(), "unix:/run/x.sock", gone) == [key(1, 3)]
    deleted = world(descriptor(1, 4, "file", "f", ino=3, target="/srv/z (deleted)"))
    with pytest.raises(TargetMissingError, match=r"^there is no /srv/z; 1:4 has a deleted file of that name open$"):
        resolve(deleted, "/srv/z", msgspec.structs.replace(gone, path="/srv/z"))


def test_what_does_not_answer_is_looked_for_by_name_and_else_said_to_be_silent() -> None:
    silent = Located(1, "/srv/x", error="its file system does not answer")
    assert resolve(made(), "/srv/x", silent) == [key(4, 4), key(5, 4)]
    with pytest.raises(TargetDeniedError, match=r"^/srv/y: its file system does not answer$"):
        resolve(made(), "/srv/y", silent)


@pytest.mark.parametrize(
    ("typed", "path"),
    [
        *(("./x", "/here/x"), ("../x", "/here/../x"), (".", "/here"), ("..", "/here/.."), ("run/x", "/here/run/x")),
        *(("unix:./x", "unix:/here/x"), ("/x", "/x"), ("nginx", "nginx"), ("80/tcp", "80/tcp"), ("pts/3", "pts/3")),
        *(("kworker/0:1", "kworker/0:1"), ("@a/b", "@a/b"), ("12:3", "12:3"), ("/a/../b", "/a/../b")),
    ],
)
def test_a_relative_path_begins_where_the_user_stands(typed: str, path: str) -> None:
    assert absolute(typed, "/here") == path


@pytest.mark.parametrize(
    ("text", "path"),
    [
        *(("/x\udcff", b"/x\xff"), ("/n\u00a0b", b"/n\xc2\xa0b"), ("unix:/x", b"/x"), ("pts/3", b"/dev/pts/3")),
        *(
            ("ttyS0", b"/dev/ttyS0"),
            ("12:3", b""),
            (":80", b""),
            ("/proc/1/fd/3", b""),
            ("/proc/1/exe", b"/proc/1/exe"),
        ),
    ],
)
def test_a_path_is_asked_for_by_its_bytes(text: str, path: bytes) -> None:
    assert read_target(text).path == path


@pytest.mark.parametrize("kind", [Message, Request])
def test_question_and_answer_pass_the_stream(kind: Any) -> None:
    told = msgspec.structs.replace(FILE, uses=(FileUse("cwd", 1, 2, name="/x"),))
    sent = told if kind is Message else Locate(1, b"/\xff")
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(sent), type=kind) == sent


def test_of_two_names_that_look_the_same_the_one_that_was_typed_is_found() -> None:
    names = {5: "@a\x1bb", 6: "@a\\x1bb", 7: "@a\udcffb"}
    alike = world(*(socket_fd(ino, 3, ino) for ino in names), *(unix(ino, local=name) for ino, name in names.items()))
    for ino, name in names.items():
        assert resolve(alike, name) == [key(ino, 3)]
        assert resolve(alike, f"unix:{name}") == [key(ino, 3)]


@pytest.mark.parametrize("typed", ["/srv/a\x1bb", "/srv/a\\x1bb"])
def test_a_link_whose_text_may_be_that_of_another_name_is_not_taken_for_what_was_typed(typed: str) -> None:
    silent = Located(1, "/srv/a\\x1bb", error="its file system does not answer")
    alike = world(descriptor(1, 4, "file", "f", ino=3, target="/srv/a\\x1bb"))
    with pytest.raises(TargetDeniedError, match=r"its file system does not answer$"):
        resolve(alike, typed, silent)
