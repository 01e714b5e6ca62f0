"""Two looks, read or taken, and what is another: what `diff` prints."""

import argparse
import os

from sockscope.cli import streams
from sockscope.cli.diff_sources import Source, open_sources, read_source
from sockscope.cli.exit_codes import DENIED, FOUND, OK, USAGE
from sockscope.cli.looker import Looker, become_looker
from sockscope.cli.refusal import CommandError
from sockscope.compare.compare import compare
from sockscope.compare.from_world import side_of
from sockscope.compare.side import Side
from sockscope.privileges.invoker import Invoker, InvokerError, RightsError, find_invoker
from sockscope.privileges.roles import confine_view, require_readable


def diff(options: argparse.Namespace, width: int | None) -> tuple[str | bytes, int]:
    """Compare two sides, and return what is another, text or JSON (bytes), with the exit code.

    Args:
        options: as `diff_parser` has them.
        width: columns that lines are cut to, None for no cutting.

    Raises:
        CommandError: a side cannot be had.
    """
    try:
        invoker = find_invoker(os.environ, os.geteuid())
        sources = open_sources(options.before, options.after, options.since, options.to, invoker)
        looker = _give_up_rights(sources, invoker)
    except InvokerError as error:
        raise CommandError(str(error), USAGE) from error
    except RightsError as error:
        raise CommandError(str(error), DENIED) from error
    sides = _sides(sources, looker, no_diag=options.no_diag)
    found = compare(*sides)
    names = sources[0].name, sources[1].name
    code = OK if found.equal else FOUND
    if options.format == "json":
        from sockscope.report.diff_records import diff_document
        from sockscope.report.encoding import to_json

        return to_json(diff_document(names, *sides, found)).encode(), code
    from sockscope.report.diff_text import diff_text

    return diff_text(names, *sides, found, width), code


def _give_up_rights(sources: tuple[Source, Source], invoker: Invoker | None) -> Looker | None:
    """Keep what looking takes where one side is this machine, and nothing at all where both were kept."""
    if any(source.live for source in sources):
        return become_looker()
    try:
        confine_view(invoker)
    except OSError as error:
        msg = f"cannot give up rights: {error.strerror}"
        raise CommandError(msg, DENIED) from error
    if invoker is not None:
        require_readable(invoker)
    return None


def _sides(sources: tuple[Source, Source], looker: Looker | None, *, no_diag: bool) -> tuple[Side, Side]:
    """Read what was kept, and then look: nothing is looked at in vain."""
    first, second = sources
    if looker is None:
        return read_source(first), read_source(second)
    if first.live:
        after = read_source(second)
        return _taken(looker, after, no_diag=no_diag), after
    before = read_source(first)
    return before, _taken(looker, before, no_diag=no_diag)


def _taken(looker: Looker, other: Side, *, no_diag: bool) -> Side:
    """Look at this machine; what processes use without a descriptor is listed where the other side has it."""
    from sockscope.cli.look import look

    maps = any(one.fd < 0 for one in other.descriptors)
    world, collector = look(all_flags=True, no_diag=no_diag, looker=looker, maps=maps)
    collector.close()
    return side_of(world)


def run(options: argparse.Namespace) -> int:
    """Print what is another."""
    text, code = diff(options, streams.width())
    streams.write(text)
    return code
