"""Files without a name that take room, and programs and libraries that run on although they were replaced."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from sockscope.findings.finding import Finding, Severity, finding_id
from sockscope.findings.look import Look
from sockscope.findings.rule import Rule
from sockscope.kinds.quantities import size
from sockscope.kinds.words import number, path_of, text
from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.world.index.nameless import DELETED, MAPPED, NAMELESS, OPEN

NAME = "deleted"
BYTES = 100 << 20
"""What the files without a name of one holder have to take together."""
MOST = 8
"""Files and holders that are named."""
LIBRARY = ".so"
"""In the name of what is loaded and replaced by updates; other mapped code is made by the program itself."""


def _find(look: Look) -> Iterable[Finding]:
    yield from _open_files(look)
    yield from _replaced(look)


def _open_files(look: Look) -> Iterator[Finding]:
    """Count each file for the first who holds it; who has it as well is named."""
    held: dict[str, list[DescriptorKey]] = {}
    for key in look.world.entered(NAMELESS, OPEN):
        descriptor = look.descriptor(key)
        if descriptor is not None and not descriptor.named_only:
            held.setdefault(descriptor.object, []).append(key)
    owners: defaultdict[ProcessKey, list[list[DescriptorKey]]] = defaultdict(list)
    for keys in held.values():
        owners[keys[0].process].append(keys)
    for owner, files in owners.items():
        files.sort(key=lambda keys: -_bytes(look, keys))
        total = sum(_bytes(look, keys) for keys in files)
        if total >= BYTES:
            yield _of_owner(look, owner, files, total)


def _of_owner(look: Look, owner: ProcessKey, files: list[list[DescriptorKey]], total: int) -> Finding:
    """A file that nobody can read any more is of use to nobody; one that somebody reads may be a temporary one."""
    lost = [keys for keys in files if not any(_may_read(look, key) for key in keys)]
    severity: Severity = "suspect" if sum(_bytes(look, keys) for keys in lost) >= BYTES else "note"
    count = "a file" if len(files) == 1 else f"{len(files)} files"
    return Finding(
        rule=NAME,
        severity=severity,
        confidence="proven",
        id=finding_id(NAME, f"{owner.pid}.{owner.start}"),
        subjects=tuple(keys[0] for keys in files[:MOST]),
        sentence=f"{look.name(owner)} keeps {size(total)} in {count} that no name leads to any more",
        evidence=tuple(_file_line(look, keys, lost=keys in lost) for keys in files[:MOST]),
        refuted_by=""
        if severity == "suspect"
        else "that it is a temporary file, which is opened and removed on purpose",
        since=look.held(NAME, owner).since,
    )


def _file_line(look: Look, keys: list[DescriptorKey], *, lost: bool) -> str:
    descriptor = look.descriptor(keys[0])
    path = "" if descriptor is None else path_of(descriptor.target)
    others = list(dict.fromkeys(look.name(key.process) for key in keys[1:]))[:MOST]
    also = f", held by {', '.join(others)} too" if others else ""
    only = "; nobody who was read has it open for reading" if lost else ""
    return f"fd {keys[0].fd}: {size(_bytes(look, keys))}, once {path}{also}{only} (statx: no links)"


def _bytes(look: Look, keys: list[DescriptorKey]) -> int:
    return max(
        (number(one.fields, "allocated_bytes") or 0 for key in keys if (one := look.descriptor(key)) and one.fields),
        default=0,
    )


def _may_read(look: Look, key: DescriptorKey) -> bool:
    descriptor = look.descriptor(key)
    return descriptor is None or descriptor.access != "w"


def _replaced(look: Look) -> Iterator[Finding]:
    """Find one thing for each file: after an update of a library, hundreds of processes have it."""
    users: dict[str, list[DescriptorKey]] = {}
    for key in look.world.entered(NAMELESS, MAPPED):
        descriptor = look.descriptor(key)
        if descriptor is not None and not descriptor.unproven and _is_code(descriptor):
            users.setdefault(descriptor.object, []).append(key)
    for object_, keys in users.items():
        first = look.descriptor(keys[0])
        processes = list(dict.fromkeys(key.process for key in keys))
        path = "" if first is None else path_of(first.target)
        more = f" and {len(processes) - 1} more" if len(processes) > 1 else ""
        yield Finding(
            rule=NAME,
            severity="note",
            confidence="inferred",
            id=finding_id(NAME, object_),
            subjects=tuple(keys[:MOST]),
            sentence=f"{look.name(processes[0])}{more} runs {path}, which has been replaced or removed",
            evidence=tuple(f"{look.title(key)} has to be started anew" for key in processes[:MOST]),
            refuted_by=f"a file whose name itself ends in `{DELETED}`",
            since=look.held(NAME, object_).since,
        )


def _is_code(descriptor: Descriptor) -> bool:
    if descriptor.kind == "exe":
        return not descriptor.target.startswith("/memfd:")
    return (
        "x" in text(descriptor.fields or {}, "permissions") and LIBRARY in path_of(descriptor.target).rpartition("/")[2]
    )


RULE = Rule(NAME, "files without a name that take room, and replaced programs that run on", _find, uses=True)
