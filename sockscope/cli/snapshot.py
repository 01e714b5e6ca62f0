"""One picture of this machine, put into text or JSON: what `snapshot` prints."""

from sockscope.cli.look import look
from sockscope.cli.looker import Looker
from sockscope.forks import share_out
from sockscope.report.selection import Selection
from sockscope.world.world import World

FEW = 4
"""Pieces of a report, thousands of lines each, that are no work for a fork."""


def snapshot(
    form: str,
    pids: list[int],
    *,
    kernel_threads: bool,
    width: int | None,
    looker: Looker,
    no_diag: bool = False,
    filter_text: str = "",
    maps: bool = False,
    summary: bool = False,
) -> str | bytes:
    """Draw one picture of the machine as `tree`, `json` or `ndjson`, the last two in UTF-8 whatever the locale.

    Args:
        form: which of the three.
        pids: processes to list, all when empty.
        kernel_threads: whether to list kernel threads.
        width: columns that lines of the tree are cut to, None for no cutting.
        looker: who looks.
        no_diag: whether to leave sock_diag alone and read /proc/net.
        filter_text: what to list, in the language of filters; "" for everything.
        maps: whether to list what processes use without a descriptor.
        summary: whether to print sums, as `tree` or `json`, instead of what they are sums of.

    Raises:
        FilterError: the filter makes no sense.
    """
    all_flags = form != "tree" or _asks_for_flags(filter_text)
    world, collector = look(all_flags=all_flags, no_diag=no_diag, looker=looker, maps=maps)
    collector.close()
    return draw(world, form, pids, kernel_threads=kernel_threads, width=width, filter_text=filter_text, summary=summary)


def draw(
    world: World,
    form: str,
    pids: list[int],
    *,
    kernel_threads: bool,
    width: int | None,
    filter_text: str,
    summary: bool,
) -> str | bytes:
    """Draw a world as `snapshot` does, whatever machine and time it is of.

    Raises:
        FilterError: the filter makes no sense.
    """
    selection = _selection(world, frozenset(pids), filter_text, kernel_threads=kernel_threads)
    if summary:
        return _summary(world, selection, form, width)
    if form == "tree":
        from sockscope.report.tree import snapshot_tree

        return snapshot_tree(world, selection, width)
    from sockscope.report.encoding import to_json
    from sockscope.report.snapshot import snapshot_document, snapshot_lines

    if form == "json":
        return to_json(snapshot_document(world, selection)).encode()
    return b"".join(share_out(snapshot_lines(world, selection), FEW))


def _asks_for_flags(filter_text: str) -> bool:
    if not filter_text:
        return False
    from sockscope.world.filter.parsing import parse
    from sockscope.world.filter.syntax import keys_of

    return "flag" in keys_of(parse(filter_text))


def _selection(world: World, pids: frozenset[int], filter_text: str, *, kernel_threads: bool) -> Selection:
    everything = Selection(pids, kernel_threads=kernel_threads)
    if not filter_text:
        return everything
    from sockscope.world.filter.compiling import compile_filter
    from sockscope.world.filter.parsing import parse
    from sockscope.world.filter.unheld import accepts_unheld

    expression = parse(filter_text)
    found = compile_filter(world, expression)
    if found.empty:
        return everything
    unheld = accepts_unheld(world, expression)
    return Selection(pids, found.accepts, kernel_threads, found.accepts_process, unheld)


def _summary(world: World, selection: Selection, form: str, width: int | None) -> str | bytes:
    if form == "json":
        from sockscope.report.encoding import to_json
        from sockscope.report.sums_to_records import summary_document

        return to_json(summary_document(world, selection)).encode()
    from sockscope.report.summary_text import summary_text

    return summary_text(world, selection, width)
