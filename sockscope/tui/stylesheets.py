"""Where the stylesheets are: beside the package in a wheel, and through a link to `css/` in a checkout."""

from pathlib import Path, PurePath

import sockscope

CSS = Path(sockscope.__file__).parent / "css"
SHEETS: list[str | PurePath] = [
    CSS / f"{room}.tcss"
    for room in ("main_screen", "bars", "ink", "tree", "side_pane", "prompt", "tour_bar", "time_bar", "palette")
]
"""Of the explorer itself, each named after its room; what lies over it brings its own."""
