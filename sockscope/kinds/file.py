"""Regular file."""

from sockscope.kinds.kind import Kind
from sockscope.kinds.quantities import size
from sockscope.kinds.words import counted, entries, listed, named_only, number, path_of, text, texts
from sockscope.model.descriptor import Fields


def _sentence(target: str, fields: Fields) -> str:
    locks = entries(fields, "locks") or []
    facts = listed([fact for fact in (_place(fields), _locked(locks), named_only(fields)) if fact])
    return _named(target, fields) + (f", {facts}" if facts else "")


def _named(target: str, fields: Fields) -> str:
    path = target if fields.get("deleted") is False else path_of(target)
    links = number(fields, "links") or 0
    if "O_TMPFILE" in texts(fields, "flags"):
        # The link has `#` and the inode for a name, which no one has ever seen (fs/dcache.c, `d_mark_tmpfile`).
        since = ", which has got one since" if links > 0 else ""
        return f"A file that was made without a name (O_TMPFILE) in {path.rpartition('/')[0] or '/'}{since}"
    if target == path:
        return f"The file {path}"
    if links > 0:
        return f"A file that has lost this name and has {counted(links, 'other')}, once {path}"
    return f"A file that has no name any more, once {path}"


def _place(fields: Fields) -> str:
    position, count = number(fields, "pos"), number(fields, "bytes")
    whole = size(count) if count is not None and count >= 0 else ""
    if position is None or position <= 0:
        return whole
    return f"at offset {position}" + (f" of {whole}" if whole else "")


def _locked(locks: list[Fields]) -> str:
    if not locks:
        return ""
    kinds = list(dict.fromkeys(f"{text(lock, 'type')} {text(lock, 'mode')}".strip() for lock in locks))
    return f"with {counted(len(locks), 'lock')} ({', '.join(kinds)})"


KIND = Kind(
    "file",
    sentence=_sentence,
    one_object="(device, inode)",
    tells="position, bytes, locks, whether the name is gone",
    since="`ino` in fdinfo 5.14",
    mounted=True,
    own_inode=True,
    reopened=True,
    has_offset=True,
    settled=True,
    connects=False,
    everyday=True,
    colour="file",
)
