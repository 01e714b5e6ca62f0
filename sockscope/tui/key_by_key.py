"""One key after the other, also when many come at once: pasted, typed over a slow line, or sent by a script.

Textual hands each key to the widget that has the focus when it arrives. What the key before it does, such as
opening a prompt, is done later, so `/nginx` in one burst would be seven commands of the tree.
"""

from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

from textual import events
from textual.app import App
from textual.dom import DOMNode

LONGEST = 0.25
"""Seconds that a key waits for the one before it, whose widget may be gone before it has said that it is done."""

ROUNDS = 3
"""How often its way is gone again: a key may send a message, which sends another, which asks for the focus."""

MAX_WAITING = 4096
"""Keys that may wait; more are lost with a bell, as those are that a terminal's queue has no room for."""

MAX_BEFORE = 32
"""Keys that go before other work. A key that is held down puts that off, but not for ever."""

INTERRUPT = "ctrl+c"
"""Makes a terminal throw away what was typed before it (termios(3), NOFLSH); here as well."""


class KeyByKey(App[None]):
    """An app that hands over a key when what the key before it asked for is done."""

    def __init__(self, **options: Any) -> None:
        """Start with no key under way; the rest is Textual's."""
        super().__init__(**options)
        self._keys_waiting: deque[events.Key] = deque()
        self._key_under_way = False
        self._key_number = 0
        self._after_keys: tuple[int, Callable[[], None]] | None = None

    async def on_event(self, event: events.Event) -> None:
        """Keep a key that comes while another one is under way."""
        if not isinstance(event, events.Key) or event.is_forwarded:
            await super().on_event(event)
        elif not self._key_under_way:
            await self._hand_over(event)
        else:
            self._keep(event)

    def after_keys(self, do: Callable[[], None]) -> None:
        """Call `do` once no key waits, or when `MAX_BEFORE` more have been handed over; one at a time."""
        if self._keys_waiting:
            self._after_keys = self._key_number + MAX_BEFORE, do
        else:
            do()

    def _keep(self, key: events.Key) -> None:
        if not self._keys_waiting:
            self.set_timer(LONGEST, partial(self._key_done, self._key_number))
        if key.key == INTERRUPT:
            self._keys_waiting.clear()
        if len(self._keys_waiting) < MAX_WAITING:
            self._keys_waiting.append(key)
        else:
            self.bell()

    async def _hand_over(self, key: events.Key) -> None:
        self._key_under_way = True
        self._key_number += 1
        first = self.focused or self.screen
        await super().on_event(key)
        self._follow_key(first, self._key_number, (first,) * ROUNDS)

    def _follow_key(self, node: DOMNode | None, number: int, again: tuple[DOMNode, ...]) -> None:
        """Go behind a key through the queues of all that it bubbles through, up to this app; then `again`."""
        if node is None or node is self or not node.call_later(self._follow_key, node.parent, number, again):
            if again:
                self.call_later(self._follow_key, again[0], number, again[1:])
            else:
                self.call_later(self._key_done, number)

    async def _key_done(self, number: int) -> None:
        if number != self._key_number or not self._key_under_way:
            return
        self._key_under_way = False
        if self._keys_waiting:
            await self._hand_over(self._keys_waiting.popleft())
            if self._keys_waiting:
                self.set_timer(LONGEST, partial(self._key_done, self._key_number))
        if self._after_keys and (not self._keys_waiting or self._key_number >= self._after_keys[0]):
            (_, do), self._after_keys = self._after_keys, None
            do()
