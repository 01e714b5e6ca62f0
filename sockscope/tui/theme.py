"""The colours: one accent, one for each family of kinds, and three steps of grey for what is background."""

from textual.theme import BUILTIN_THEMES, Theme

ROLE_COLOURS_DARK = {
    "ink-dim": "#8b93a1",
    "ink-faint": "#5b6370",
    "ink-rule": "#2d333e",
    "ink-same": "#ffd75f",
    "ink-shared": "#b8a36a",
    "ink-other": "#ff87af",
    "ink-watch": "#c3a6ff",
    "ink-past": "#c9a0e8",
    "kind-net": "#6cc7f0",
    "kind-unix": "#8fd694",
    "kind-pipe": "#e5b567",
    "kind-event": "#c3a6ff",
    "kind-tty": "#f0a07a",
    "kind-file": "#9db2c9",
    "kind-other": "#a8a3b8",
    "row-cursor": "#2a3b57",
    "row-resting": "#1f2733",
    "row-related": "#222a22",
}
ROLE_COLOURS_LIGHT = {
    "ink-dim": "#5c6470",
    "ink-faint": "#8d95a0",
    "ink-rule": "#d0d5dc",
    "ink-same": "#8a5a00",
    "ink-shared": "#8a7640",
    "ink-other": "#b0145a",
    "ink-watch": "#6a35c9",
    "ink-past": "#7a3d9e",
    "kind-net": "#0b6fa4",
    "kind-unix": "#1f7a3a",
    "kind-pipe": "#8a5a00",
    "kind-event": "#6a35c9",
    "kind-tty": "#a8480f",
    "kind-file": "#3f5870",
    "kind-other": "#5f5a70",
    "row-cursor": "#cfe0f7",
    "row-resting": "#e4e9f0",
    "row-related": "#f2efdc",
}

ROLE_COLOURS_16 = {
    "ink-dim": "ansi_default",
    "ink-faint": "ansi_bright_black",
    "ink-rule": "ansi_bright_black",
    "ink-same": "ansi_yellow",
    "ink-shared": "ansi_yellow",
    "ink-other": "ansi_red",
    "ink-watch": "ansi_magenta",
    "ink-past": "ansi_magenta",
    "kind-net": "ansi_cyan",
    "kind-unix": "ansi_green",
    "kind-pipe": "ansi_yellow",
    "kind-event": "ansi_magenta",
    "kind-tty": "ansi_red",
    "kind-file": "ansi_default",
    "kind-other": "ansi_default",
    "row-cursor": "ansi_blue",
    "row-resting": "ansi_bright_black",
    "row-related": "ansi_default",
}

DARK = Theme(
    name="sockscope-dark",
    primary="#7fb4ff",
    secondary="#7fb4ff",
    accent="#7fb4ff",
    success="#7fd1a0",
    warning="#e5b567",
    error="#ff7b86",
    foreground="#d3d8e0",
    background="#12151b",
    surface="#171b22",
    panel="#1b2029",
    variables=ROLE_COLOURS_DARK,
)
LIGHT = Theme(
    name="sockscope-light",
    primary="#1f5fbf",
    secondary="#1f5fbf",
    accent="#1f5fbf",
    success="#1f7a3a",
    warning="#8a5a00",
    error="#b3202c",
    foreground="#1f2530",
    background="#fbfbf9",
    surface="#f3f4f5",
    panel="#eceef0",
    dark=False,
    variables=ROLE_COLOURS_LIGHT,
)
SIXTEEN = Theme(
    name="sockscope-16",
    primary="ansi_blue",
    secondary="ansi_blue",
    accent="ansi_bright_blue",
    success="ansi_green",
    warning="ansi_yellow",
    error="ansi_red",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    ansi=True,
    variables={**BUILTIN_THEMES["ansi-dark"].variables, **ROLE_COLOURS_16},
)
THEMES = {"dark": DARK, "light": LIGHT, "16": SIXTEEN}
"""By the names that a configuration may use; those of Textual's own themes work too."""
NAMES = tuple(THEMES)


def theme_of(colour_system: str | None) -> str:
    """Return the usual colours of a terminal, by what Rich calls its colours.

    Of sixteen colours the nearest to a shade of grey may be no shade at all: then the terminal's own are better.
    """
    return SIXTEEN.name if colour_system == "standard" else DARK.name


def role_colours(theme: Theme) -> dict[str, str]:
    """Return colours of the roles for a theme that does not name them."""
    if not theme.dark:
        return ROLE_COLOURS_LIGHT
    return ROLE_COLOURS_16 if theme.ansi else ROLE_COLOURS_DARK
