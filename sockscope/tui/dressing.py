"""What the explorer looks like and listens to as the user has set it: colours, characters, keys."""

from textual.filter import LineFilter

from sockscope.tui.keys import unknown
from sockscope.tui.parts import Parts
from sockscope.tui.plain_ascii import AsciiFilter
from sockscope.tui.theme import DARK, NAMES, ROLE_COLOURS_16, ROLE_COLOURS_DARK, ROLE_COLOURS_LIGHT, SIXTEEN, THEMES


class Dressing(Parts):
    """Takes the options that are about looks and keys."""

    usual_theme = DARK.name
    """The colours that are used unless others are chosen."""
    _filters: list[LineFilter]
    """Textual's, applied to every line that is drawn."""

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Give the colours of the roles to themes that do not name them."""
        dark = ROLE_COLOURS_16 if self.current_theme.ansi else ROLE_COLOURS_DARK
        return {**super().get_theme_variable_defaults(), **(dark if self.current_theme.dark else ROLE_COLOURS_LIGHT)}

    def on_mount(self) -> None:
        """Take the options, and say once what is wrong with them."""
        for theme in THEMES.values():
            self.register_theme(theme)
        self.theme = self.usual_theme
        for note in self.options.notes:
            self.say(note, "Configuration")
        if self.options.theme:
            self.use_theme(self.options.theme)
        if self.options.ascii:
            self._filters.append(AsciiFilter())
            self.add_class("-ascii")
        strange = unknown(self.options.keys, [*self.bindings(), *self.overlay_bindings()])
        if strange:
            self.say(f"No key is called {', '.join(strange)}; {self.key_of('app.help')} lists them.", "Configuration")
        self.set_keymap(dict(self.options.keys))

    def use_theme(self, name: str) -> None:
        """Take other colours, by the name that a configuration uses, or say that there are none."""
        chosen = THEMES[name].name if name in THEMES else name
        if chosen in self.available_themes:
            self.theme = chosen
        else:
            self.say(f"There is no theme {name}; there are {', '.join(NAMES)}.", "Configuration")


def theme_of(colour_system: str | None) -> str:
    """Return the usual colours of a terminal, by what Rich calls its colours.

    Of sixteen colours the nearest to a shade of grey may be no shade at all: then the terminal's own are better.
    """
    return SIXTEEN.name if colour_system == "standard" else DARK.name
