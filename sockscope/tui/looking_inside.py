"""What threads in poll(2) and select(2) wait on: read in the memory of their processes on request only."""

from collections.abc import Callable, Iterator

from sockscope.frames.messages import Answer, Request, Waiting
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.report.sections.processes import sets_read
from sockscope.tui.on_request import OnRequest
from sockscope.tui.panes.section import VOICE, Section, fitted, text_line, wrapped
from sockscope.tui.rows.rowkeys import RowKey
from sockscope.world.asking import inspect_request
from sockscope.world.relations.answers import Related
from sockscope.world.world import World

NOBODY = "no thread in poll or select that could be looked at waits on it"


class LookingInside(OnRequest[Answer]):
    """The last question and its answer."""

    title = "Looked inside"
    how = (("process_vm_readv(2), once", "dim"),)

    def __init__(self, send: Callable[[Request], None]) -> None:
        """Ask through `send`."""
        super().__init__()
        self._send = send

    def ask(self, key: DescriptorKey | ProcessKey, related: Related | None, world: World) -> None:
        """Ask what threads wait on, of a process or of the holders of a descriptor; again if that is known."""
        self._send(inspect_request(world, self.begin(key), key, related, inside=True))

    def sections(self, key: RowKey | None, world: World, width: int) -> list[Section]:
        """Tell what was found; nothing where it was not asked for."""
        answer = self.answer_about(key)
        if answer is None:
            return self.waiting(key)
        waits = [wait for wait in _waits(answer) if wait.fds or wait.unread]
        found = Section(self.title, tuple(sets_read(world, waits, VOICE)), len(waits), self.how)
        section = fitted([found], width)[0]
        notes = [line for note in _notes(answer) for line in wrapped(note, width, "warn")]
        none = () if waits or notes else (text_line(NOBODY, "dim"),)
        return [Section(section.name, (*section.lines, *none, *notes), section.count, section.evidence)]


def _waits(answer: Answer) -> tuple[Waiting, ...]:
    """Return the threads that are meant: those of a process, or those that wait at a descriptor."""
    if answer.fd >= 0:
        return answer.waiters
    return answer.process.waiting if answer.process is not None else ()


def _notes(answer: Answer) -> Iterator[str]:
    if answer.error:
        yield answer.error
    if answer.fd >= 0:
        yield from answer.notes
    elif answer.process is not None:
        yield from answer.process.notes
