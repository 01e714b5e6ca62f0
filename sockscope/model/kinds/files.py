"""What has a path in words: files, directories, devices, terminals."""

from sockscope.model.descriptor import Fields
from sockscope.model.kinds.quantities import size
from sockscope.model.kinds.words import Words, counted, entries, listed, number, path_of, text, texts


def _path(target: str, _fields: Fields) -> str:
    return target


def _file_sentence(target: str, fields: Fields) -> str:
    locks = entries(fields, "locks") or []
    facts = listed([fact for fact in (_place(fields), _locked(locks), _named_only(fields)) if fact])
    what = "The file" if target == path_of(target) else "A file that has no name any more, once"
    return f"{what} {path_of(target)}" + (f", {facts}" if facts else "")


def _place(fields: Fields) -> str:
    position, count = number(fields, "pos"), number(fields, "bytes")
    whole = size(count) if count is not None and count >= 0 else ""
    if position is None or position <= 0:
        return whole
    return f"at offset {position}" + (f" of {whole}" if whole else "")


def _named_only(fields: Fields) -> str:
    return "by name only (O_PATH)" if "O_PATH" in texts(fields, "flags") else ""


def _locked(locks: list[Fields]) -> str:
    if not locks:
        return ""
    kinds = list(dict.fromkeys(f"{text(lock, 'type')} {text(lock, 'mode')}".strip() for lock in locks))
    return f"with {counted(len(locks), 'lock')} ({', '.join(kinds)})"


def _directory_sentence(target: str, fields: Fields) -> str:
    removed = ", which has been removed" if target != path_of(target) else ""
    named_only = f", {_named_only(fields)}" if _named_only(fields) else ""
    return f"The directory {path_of(target)}{removed}{named_only}"


def _char_device(target: str, fields: Fields) -> str:
    interface = text(fields, "interface")
    return f"{target} {interface}" if interface else target


def _char_device_sentence(target: str, fields: Fields) -> str:
    interface = text(fields, "interface")
    return f"The character device {target}" + (f", on network interface {interface}" if interface else "")


def _block_device_sentence(target: str, fields: Fields) -> str:
    count = number(fields, "bytes")
    return f"The block device {target}" + (f", {size(count)}" if count else "")


def _master(target: str, fields: Fields) -> str:
    index = number(fields, "index")
    return target if index is None else f"master of pts/{index}"


def _master_sentence(target: str, fields: Fields) -> str:
    index = number(fields, "index")
    whose = f"pts/{index}" if index is not None else f"a pseudoterminal ({target})"
    return f"The master of {whose}: what is written here is typed there"


def _terminal(target: str, _fields: Fields) -> str:
    return target.removeprefix("/dev/")


def _terminal_sentence(target: str, fields: Fields) -> str:
    gone = ", which has been hung up" if target != path_of(target) else ""
    return f"The terminal {_terminal(path_of(target), fields)}{gone}"


WORDS = (
    Words("file", _path, _file_sentence),
    Words("directory", _path, _directory_sentence),
    Words("char-device", _char_device, _char_device_sentence),
    Words("block-device", _path, _block_device_sentence),
    Words("pty-master", _master, _master_sentence),
    Words("tty", _terminal, _terminal_sentence),
)
