"""What can be done wherever the focus is, as long as nothing lies over the explorer."""

from typing import TYPE_CHECKING

from sockscope.tui.commands.command import Command
from sockscope.tui.pages.registry import PAGES

if TYPE_CHECKING:
    from sockscope.tui.main_screen import MainScreen
    from sockscope.tui.pages.page import Page

GROUP = "app.group"


def _opening(page: "Page") -> Command["MainScreen"]:
    return Command(page.opened_by, page.key, page.title, lambda main: main.open_page(page))


EXPLORER: tuple[Command["MainScreen"], ...] = (
    Command("app.raw", "r", "Raw or decoded fdinfo", lambda main: main.switch_raw()),
    Command("app.kernel_threads", "K", "Show or hide kernel threads", lambda main: main.switch_kernel_threads()),
    Command(
        "app.maps", "M", "List memory, programs and directories in use, or not", lambda main: main.feeding.list_uses()
    ),
    Command("app.pane", "z", "Show or hide the side pane", lambda main: main.panes.show(shown=not main.pane.display)),
    Command("app.pane_wider", "less_than_sign", "Wider side pane", lambda main: main.panes.resize(5)),
    Command("app.pane_narrower", "greater_than_sign", "Narrower side pane", lambda main: main.panes.resize(-5)),
    Command("app.suspend", "ctrl+z", "Stop; fg continues", lambda main: main.stop()),
    Command("app.next_stop", "full_stop", "Next stop of the tour", lambda main: main.touring.go(1)),
    Command("app.previous_stop", "comma", "Stop of the tour before", lambda main: main.touring.go(-1)),
    Command("app.copy", "y", "Copy the row", lambda main: main.copying.copy_row()),
    Command("app.copy_pane", "Y", "Copy the side pane", lambda main: main.copying.copy_pane()),
    Command(
        "app.export",
        "e",
        "Write what is shown to a file: .json .ndjson .csv .svg",
        lambda main: main.copying.ask_for_path(),
    ),
    Command("app.filter", "slash", "Filter: list only what matches", lambda main: main.finding.ask_for_filter()),
    Command("app.search", "backslash", "Search without hiding the rest", lambda main: main.finding.ask_for_search()),
    Command("app.tree", "escape", "To the tree; then end search and filter", lambda main: main.finding.clear()),
    Command(GROUP, "g", "Group by …; twice, to the top", lambda main: main.arranging.open_group_menu()),
    Command("app.sort", "s", "Sort by …", lambda main: main.arranging.open_sort_menu()),
    Command("app.columns", "C", "Add or remove a column", lambda main: main.arranging.open_column_menu()),
    Command("app.changes", "c", "Keep gone rows for a minute, or not", lambda main: main.arranging.switch_changes()),
    Command("app.pin", "f", "Pin the pane to this row, or let it go", lambda main: main.panes.pin()),
    Command("app.next_related", "n", "Next related row, or hit of a search", lambda main: main.following.related(1)),
    Command("app.previous_related", "N", "Previous related row, or hit", lambda main: main.following.related(-1)),
    Command("app.other_end", "p", "To the other end", lambda main: main.following.other_end()),
    Command("app.back", "backspace,left_square_bracket", "Back", lambda main: main.following.back()),
    Command("app.forward", "right_square_bracket", "Forward again", lambda main: main.following.forward()),
    Command("app.mark", "m", "Mark the row, or take the mark away", lambda main: main.following.mark()),
    Command(
        "app.to_mark",
        "apostrophe",
        "To the last mark, and on to the one before",
        lambda main: main.following.to_mark(),
    ),
    Command(
        "app.moment", "d", "Mark this moment to compare with, or take that back", lambda main: main.comparing.mark()
    ),
    *map(_opening, PAGES),
    Command(
        "app.commands",
        "colon,ctrl+p",
        "Everything that can be done, by name",
        lambda main: main.app.action_command_palette(),
    ),
    Command("app.socket_options", "o", "Options of the socket, read now", lambda main: main.ask_for_socket_options()),
    Command(
        "app.look_inside",
        "i",
        "Look inside: what threads in poll and select wait on, read now",
        lambda main: main.look_inside(),
    ),
    Command(
        "app.pause",
        "P,ctrl+@",
        "Freeze the picture, or let it go on; play a recording",
        lambda main: main.travelling.play(),
    ),
    Command(
        "app.time", "T", "Time bar of a recording: what it plots, or none", lambda main: main.travelling.switch_bar()
    ),
    Command("app.look_before", "left_curly_bracket", "The look before", lambda main: main.travelling.step(-1)),
    Command("app.look_after", "right_curly_bracket", "The next look", lambda main: main.travelling.step(1)),
    Command("app.minute_before", "shift+left", "A minute back", lambda main: main.travelling.step_minutes(-1)),
    Command("app.minute_after", "shift+right", "A minute on", lambda main: main.travelling.step_minutes(1)),
    Command(
        "app.change_before",
        "left_parenthesis",
        "To the change of the row before this look",
        lambda main: main.travelling.to_change(-1),
    ),
    Command(
        "app.change_after",
        "right_parenthesis",
        "To the next change of the row",
        lambda main: main.travelling.to_change(1),
    ),
    Command("app.restart", "R", "Start the collector again", lambda main: main.feeding.restart()),
    Command("app.quit", "q", "Quit", lambda main: main.app.exit()),
    Command("app.interrupt", "ctrl+c", "Quit", lambda main: main.app.exit(), priority=True),
)
