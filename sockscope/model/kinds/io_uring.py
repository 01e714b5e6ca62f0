"""io_uring in words."""

from sockscope.model.descriptor import Fields
from sockscope.model.kinds.words import Words, counted, entries, listed, number


def _rings(fields: Fields) -> str:
    submit, complete = number(fields, "sq_entries"), number(fields, "cq_entries")
    return "" if submit is None or complete is None else f"rings {submit}/{complete}"


def _contents(fields: Fields) -> list[str]:
    registered = (("files", "file"), ("buffers", "buffer"))
    found = [counted(len(values), noun) for name, noun in registered if (values := entries(fields, name))]
    polls = entries(fields, "polls")
    if polls:
        found.append(counted(len(polls), "poll"))
    for name in ("unsubmitted", "unreaped"):
        count = number(fields, name)
        if count:
            found.append(f"{count} {name}")
    return found


def _phrase(_target: str, fields: Fields) -> str:
    return ", ".join([part for part in (_rings(fields), *_contents(fields)) if part])


def _sentence(_target: str, fields: Fields) -> str:
    thread = number(fields, "sq_thread")
    polled = f", polled by kernel thread {thread}" if thread is not None and thread > 0 else ""
    contents = f": {listed(_contents(fields))}" if _contents(fields) else ""
    rings = f" ({_rings(fields)})" if _rings(fields) else ""
    return f"An io_uring{rings}, through which requests reach the kernel without system calls{polled}{contents}"


WORDS = (Words("io_uring", _phrase, _sentence),)
