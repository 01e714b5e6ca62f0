"""Two epolls with equal content. The child inherits the first one; the second stays with the parent."""

import os
import select

import stage

reading, writing = os.pipe()
inherited, private = select.epoll(), select.epoll()
for instance in (inherited, private):
    instance.register(reading, select.EPOLLIN | select.EPOLLET)


def inherit() -> dict[str, object]:
    private.close()
    return {"fd": inherited.fileno()}


stage.tell(
    watched=stage.here(reading),
    inherited={"fd": inherited.fileno()},
    private={"fd": private.fileno()},
    child=stage.child(inherit),
)
