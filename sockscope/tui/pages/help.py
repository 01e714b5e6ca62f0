"""The page of help: what the signs mean and what the keys do, as they are bound now."""

from sockscope.tui.pages.page import Page
from sockscope.tui.panes.section import PaneLine, Section
from sockscope.tui.session import Part, Session
from sockscope.world.filter.keys import KEYS
from sockscope.world.relations.answers import OTHER, SAME, WATCH

SIGNS = (
    (SAME, "same", "on the same kernel object as the selected descriptor"),
    (OTHER, "other-end", "at its other end"),
    (WATCH, "watch", "an epoll that watches it"),
    ("×3", "same", "three descriptors lead to this one object"),
    ("»", "hit", "searched for"),
    ("'", "accent", "marked"),
    ("+", "new", "new since the last refresh, or since the marked moment"),
    ("~", "changed", "the number leads elsewhere since then"),
    ("−", "gone", "gone since then"),
    ("⊘", "warn", "could not be read, and why"),
    ("▶", "good", "the foreground group of its terminal: Ctrl+C reaches it"),
)
SURE = (
    ("proven", "good", "the kernel itself names both sides"),
    ("inferred", "warn", "two facts that fit"),
    ("unknown", "bad", "it could not be checked; the reason stands beside it"),
)
ROOMY = 103
"""Cells from which the ids of commands are shown, too: a configuration names them."""
MEANING_WIDTH = 56


def _sections(session: Session, width: int) -> list[Section]:
    """Tell of signs and keys, those of the part that has the focus first."""
    signs = Section("Signs", tuple(_sign(*sign) for sign in SIGNS))
    sure = Section("How sure it is", tuple(_sign(*sign) for sign in SURE))
    tree, everywhere, beside, typing, over = (_commands(session, title, width) for title in session.keys.tables)
    order: dict[Part, tuple[Section, ...]] = {
        "tree": (signs, sure, tree, everywhere, beside, LANGUAGE, VALUES, typing, over),
        "pane": (beside, sure, signs, everywhere, tree, LANGUAGE, VALUES, typing, over),
        "prompt": (LANGUAGE, VALUES, typing, everywhere, signs, sure, tree, beside, over),
    }
    return list(order[session.part])


def _commands(session: Session, title: str, width: int) -> Section:
    keys = session.keys
    lines = (
        _key(" ".join(keys.all_of(one.id)), one.about, one.id if width >= ROOMY else "") for one in keys.tables[title]
    )
    return Section(title, tuple(lines))


def _sign(sign: str, role: str, meaning: str) -> PaneLine:
    return PaneLine(((f"  {sign:<18}", role), (meaning, "")))


def _key(keys: str, meaning: str, id_: str = "") -> PaneLine:
    if not id_:
        return PaneLine(((f"  {keys:<18}", "key"), (meaning, "")))
    return PaneLine(((f"  {keys:<18}", "key"), (f"{meaning:<{MEANING_WIDTH}} ", ""), (id_, "faint")))


LANGUAGE = Section(
    "Filter and search",
    (
        _key("nginx", "a word: anything that is shown of a row or its process"),
        _key("port:443", "a key and a value"),
        _key("port:80|443", "one of several"),
        _key("port:8000-8100", "a range; fds:>100 compares"),
        _key("local:10.0.0.0/8", "a block of addresses"),
        _key("-state:listen", "not this"),
        _key("a b | c", "a, and b or c; parentheses group"),
        _key('cmd:"a b"', "quotes keep spaces"),
        _key("~wor(d|k)", "a regular expression"),
    ),
)
VALUES = Section("Keys of the language", tuple(_key(f"{key.name}:", key.about) for key in KEYS.values()))

PAGE = Page("help", "question_mark,f1", "Help", _sections, follows=False)
