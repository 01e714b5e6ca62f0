"""One thing of this machine in depth, put into text or JSON: what `show` prints."""

from msgspec.structs import replace

from sockscope.abi.strings import Clean
from sockscope.cli.look import look, watched
from sockscope.cli.looker import Looker
from sockscope.collect.collector import Collector
from sockscope.collect.inspect import Inspector
from sockscope.collect.locate import locate
from sockscope.collect.sockets.options import answer_options
from sockscope.frames.messages import Answer, Locate, Options, OptionsAnswer
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.model.located import Located
from sockscope.report.also import also_records, also_text
from sockscope.report.also_record import AlsoRecord
from sockscope.report.encoding import to_json
from sockscope.report.file_document import file_document
from sockscope.report.file_text import file_text
from sockscope.report.show import show_document, show_process_document
from sockscope.report.show_text import show_process_text, show_text
from sockscope.world.asking import inspect_request
from sockscope.world.targets.answers import Found, TargetMissingError, echo
from sockscope.world.targets.forms import read_target
from sockscope.world.world import World


def show(
    target: str,
    form: str,
    *,
    width: int | None,
    looker: Looker,
    options: bool = False,
    inside: bool = False,
    no_diag: bool = False,
    maps: bool = False,
) -> str | bytes:
    """Describe one descriptor, process, socket or file in depth as `text` or `json`, the latter in UTF-8.

    Args:
        target: what to show, as `resolve` reads it.
        form: which of the two.
        width: columns that lines are cut to, None for no cutting.
        looker: who looks.
        options: whether to read the options of a socket, through a duplicate of its descriptor.
        inside: whether to read what threads in poll(2) and select(2) wait on, in the memory of their processes.
        no_diag: whether to leave sock_diag alone and read /proc/net.
        maps: whether to list what processes use without a descriptor.

    Raises:
        TargetSyntaxError: the target is not written as any target is.
        TargetMissingError: there is no such thing.
        PermissionError: it is there, and hidden from this user; says so in one line.
    """
    world, collector = look(all_flags=True, no_diag=no_diag, looker=looker, maps=maps)
    try:
        wanted = read_target(target)
        with watched(collector):
            located = locate(collector, Locate(0, wanted.path)) if wanted.path else None
        found = wanted(world, located)
        if located is not None and _is_gathering(located, found):
            document = file_document(world, located)
            return file_text(document, width) if form == "text" else to_json(document).encode()
        key = found[0]
        with watched(collector):
            answer = _inspect(world, collector, key, inside=inside)
            asked = _options(world, collector, key) if options and isinstance(key, DescriptorKey) else None
    finally:
        collector.close()
    return _written(world, target, found, answer, form, width, asked, located)


def show_of(world: World, target: str, form: str, *, width: int | None, why_not: Clean) -> str | bytes:
    """Describe something of a world whose machine cannot be asked any more; `why_not` says so beside it.

    Raises:
        TargetSyntaxError: the target is not written as any target is.
        TargetMissingError: there is no such thing.
        PermissionError: it is there, and could not be read.
    """
    found = read_target(target)(world, None)
    key = found[0]
    fd = key.fd if isinstance(key, DescriptorKey) else -1
    answer = Answer(0, key.pid, key.start, fd, None, None, error=why_not)
    return _written(world, target, found, answer, form, width)


def _written(
    world: World,
    target: str,
    found: Found,
    answer: Answer,
    form: str,
    width: int | None,
    options: OptionsAnswer | None = None,
    located: Located | None = None,
) -> str | bytes:
    key, also = found[0], also_records(world, found[1:])
    if isinstance(key, DescriptorKey):
        shown = _descriptor(world, key, answer, options, form, width, located, also)
    else:
        shown = _process(world, key, answer, form, width, also)
    if shown is None:
        msg = f"{echo(target)}: it has ended meanwhile"
        raise TargetMissingError(msg)
    return shown.encode() if form == "json" else shown + also_text(target, key, also, world)


def _inspect(world: World, collector: Collector, key: DescriptorKey | ProcessKey, *, inside: bool) -> Answer:
    """Look at a descriptor or process in depth, at who waits for the same object, and at its terminal."""
    related = world.related(key) if isinstance(key, DescriptorKey) else None
    request = inspect_request(world, 0, key, related, inside=inside)
    inspector = Inspector(collector)
    try:
        answer = inspector.answer(request, related.descriptor.kind if related else None)
    finally:
        inspector.close()
    world.learn(answer)
    return answer


def _options(world: World, collector: Collector, key: DescriptorKey) -> OptionsAnswer | None:
    """Ask for the options of the socket behind a descriptor; None for what is no socket."""
    descriptor = world.descriptor(key)
    if descriptor is None or descriptor.kind != "socket":
        return None
    request = Options(0, key.pid, key.start, key.fd, descriptor.ino)
    return answer_options(collector.procfs, collector.answering, request, collector.namespaces)


def _is_gathering(located: Located, found: Found) -> bool:
    """Tell whether a path means all who use it, and not one descriptor."""
    if located.kind == "directory" or located.mount or any(use.on_mount for use in located.uses):
        return True
    return bool(located.kind) and not any(isinstance(key, DescriptorKey) for key in found)


def _descriptor(
    world: World,
    key: DescriptorKey,
    answer: Answer,
    options: OptionsAnswer | None,
    form: str,
    width: int | None,
    located: Located | None,
    also: list[AlsoRecord],
) -> str | None:
    if form == "text":
        return show_text(world, key, answer, width, options, located)
    document = show_document(world, key, answer, options, located)
    return None if document is None else to_json(replace(document, also=also))


def _process(
    world: World, key: ProcessKey, answer: Answer, form: str, width: int | None, also: list[AlsoRecord]
) -> str | None:
    if form == "text":
        return show_process_text(world, key, answer, width)
    document = show_process_document(world, key, answer)
    return None if document is None else to_json(replace(document, also=also))
