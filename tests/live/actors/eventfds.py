"""Two eventfds with equal content; the child shares the first and closes the second. (F15)"""

import os

import stage

shared, private = os.eventfd(3), os.eventfd(3)


def share() -> dict[str, object]:
    os.close(private)
    return {"fd": shared}


stage.tell(shared={"fd": shared}, private={"fd": private}, child=stage.child(share))
