"""One key after the other, also when many come at once: pasted, typed over a slow line, or sent by a script.

Textual hands each key to the widget that has the focus when it arrives. What the key before it does, such as
opening a prompt, is done later, so `/nginx` in one burst would be seven commands of the tree.
"""

from collections import deque
from functools import partial
from typing import Any

from textual import events
from textual.app import App
from textual.dom import DOMNode

LONGEST = 0.25
"""Seconds that a key waits for the one before it, whose widget may be gone before it has said that it is done."""

ROUNDS = 3
"""How often its way is gone again: a key may send a message, which sends another, which asks for the focus."""


class KeyByKey(App[None]):
    """An app that hands over a key when what the key before it asked for is done."""

    def __init__(self, **options: Any) -> None:
        """Start with no key under way; the rest is Textual's."""
        super().__init__(**options)
        self._keys_waiting: deque[events.Key] = deque()
        self._key_under_way = False
        self._key_number = 0

    async def on_event(self, event: events.Event) -> None:
        """Keep a key that comes while another one is under way."""
        if not isinstance(event, events.Key) or event.is_forwarded:
            await super().on_event(event)
        elif not self._key_under_way:
            await self._hand_over(event)
        else:
            if not self._keys_waiting:
                self.set_timer(LONGEST, partial(self._key_done, self._key_number))
            self._keys_waiting.append(event)

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
