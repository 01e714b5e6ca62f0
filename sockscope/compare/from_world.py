"""A side of a comparison, from a world."""

from collections.abc import Iterator

from sockscope.abi.devices import device_text
from sockscope.abi.open_flags import flag_names
from sockscope.abi.text import NOTHING, clean_str
from sockscope.compare.side import SeenDescriptor, SeenProcess, SeenSocket, Side
from sockscope.model.process import Process
from sockscope.model.socket import Socket
from sockscope.world.describe import kind_label
from sockscope.world.started import start_time
from sockscope.world.world import World

_SHUTDOWN = ((1, clean_str("receive")), (2, clean_str("send")))


def side_of(world: World) -> Side:
    """Take from a world what is compared; it stays as it is when the world goes on."""
    hello = world.hello
    return Side(
        host=hello.host if hello else NOTHING,
        kernel=hello.kernel if hello else NOTHING,
        time=world.time,
        processes=tuple(_process(world, world.processes[key]) for key in sorted(world.processes)),
        descriptors=tuple(_descriptors(world)),
        sockets=tuple(_socket(world.sockets[key]) for key in sorted(world.sockets)),
        boot_id=hello.boot_id if hello else NOTHING,
        boot_time=(hello.boot_time or None) if hello else None,
        looked_by=hello.pid or None if hello else None,
    )


def _process(world: World, process: Process) -> SeenProcess:
    return SeenProcess(
        pid=process.pid,
        ppid=process.ppid,
        pgid=process.pgid,
        sid=process.sid,
        tty=process.tty,
        comm=process.comm,
        cmdline=process.cmdline,
        user=process.user,
        uid=process.uid,
        state=process.state,
        start_time=start_time(world, process),
        netns=process.netns if process.netns > 0 else None,
        denied=process.denied,
        kernel_thread=process.kernel_thread,
        thread_of=process.thread_of or None,
        cgroup=process.cgroup,
        unread=process.unread,
    )


def _descriptors(world: World) -> Iterator[SeenDescriptor]:
    for key in sorted(world.processes):
        table = world.tables.get(key, {})
        for fd in sorted(table):
            one = table[fd]
            yield SeenDescriptor(
                pid=one.pid,
                fd=one.fd,
                kind=clean_str(one.kind),
                label=clean_str(kind_label(world, one)),
                target=one.target,
                ino=one.inode,
                dev=clean_str(device_text(one.dev)),
                access=clean_str(one.access),
                flags=tuple(flag_names(one.flags)),
            )


def _socket(socket: Socket) -> SeenSocket:
    return SeenSocket(
        ino=socket.ino or None,
        cookie=socket.cookie or None,
        netns=socket.netns if socket.netns > 0 else None,
        family=clean_str(socket.family),
        type=clean_str(socket.type),
        protocol=socket.protocol,
        state=clean_str(socket.state),
        local=socket.local_plain,
        remote=socket.remote_text,
        peer_ino=socket.peer_ino or None,
        backlog=socket.backlog if socket.backlog >= 0 else None,
        shutdown=tuple(name for bit, name in _SHUTDOWN if socket.shutdown & bit),
        source=clean_str(socket.source),
        drops=socket.drops if socket.drops >= 0 else None,
    )
