"""What docs/extending.md says to write does what it says: each of its examples, as it stands there."""

import re
from pathlib import Path
from typing import Any

from sockscope.abi.devices import device_text
from sockscope.abi.strings import Raw
from sockscope.kernel.fdinfo import parse_fdinfo
from sockscope.kinds.kind import Kind
from sockscope.tui.pages.page import Page
from sockscope.world.index.store import Store
from sockscope.world.relations.relation import Relation, Subject
from tests.tui.driving import driving
from tests.world.build import descriptor

DOCUMENT = Path(__file__).parents[1] / "docs" / "extending.md"
KIND, RELATION, PAGE = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
FDINFO = Raw(b"pos:\t0\nflags:\t02\ntimeout-ms: 5000\narmed: 1\n")
DEVICE, INODE = 0x800001, 4711


def run(example: str) -> dict[str, Any]:
    """What the module has in it that somebody wrote who copied an example."""
    made: dict[str, Any] = {"__name__": "example"}
    exec(compile(example, DOCUMENT.name, "exec"), made)
    return made


def test_the_kind_is_decoded_and_said_in_words() -> None:
    kind = run(KIND)["KIND"]
    assert isinstance(kind, Kind)
    fields = kind.decode(parse_fdinfo(FDINFO).lines)
    assert fields == {"timeout_ms": 5000, "armed": True}
    assert kind.phrase("", fields) == "within 5 s"
    assert kind.phrase("", {}) == "not armed"
    assert kind.sentence("", fields) == "A watchdog that has to be fed: within 5 s"


def test_the_relation_finds_who_watches_a_file_and_nobody_else() -> None:
    made = run(RELATION)
    relation, store = made["RELATION"], Store([made["WATCHED"]])
    assert isinstance(relation, Relation)
    watches = [{"dev": device_text(DEVICE), "ino": INODE, "mask": []}]
    watcher = descriptor(2, 5, "inotify", fields={"watches": watches})
    store.descriptor_index.add(watcher.key, watcher)
    (tie,) = relation.find(store, Subject(descriptor(1, 3, dev=DEVICE, ino=INODE), None))
    assert tie.holders == (watcher.key,)
    for other in (descriptor(1, 3, dev=DEVICE, ino=INODE + 1), descriptor(1, 3, dev=DEVICE + 1, ino=INODE)):
        assert relation.find(store, Subject(other, None)) == ()


async def test_the_page_lists_who_listens() -> None:
    page = run(PAGE)["PAGE"]
    assert isinstance(page, Page)
    async with driving() as it:
        (section,) = page.sections(it.app.main.session, 80)
        listening = [socket for socket in it.world.sockets.values() if socket.listening]
        assert section.count == len(listening) > 1
        told = ["".join(text for text, _ in line.spans) for line in section.lines]
        assert any("127.0.0.1:8888" in line and "nginx" in line for line in told)
