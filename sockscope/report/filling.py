"""Records of the contract, filled from the world."""

from collections.abc import Iterable

from sockscope.frames.messages import Waiting
from sockscope.model.coverage import Coverage
from sockscope.model.descriptor import Descriptor
from sockscope.model.epoll import EpollInstance, Target, event_names
from sockscope.model.keys import DescriptorKey
from sockscope.model.netns import NetworkNamespace
from sockscope.model.process import Process
from sockscope.model.socket import Socket
from sockscope.report import records
from sockscope.report.open_flags import cloexec, open_flags
from sockscope.world.describe import kind_label, row_text
from sockscope.world.relations import Group
from sockscope.world.unheld import unheld_reason
from sockscope.world.watchers import target_holders
from sockscope.world.world import World

_MINOR_BITS = 20
_SHUTDOWN = ((1, "receive"), (2, "send"))


def coverage_record(coverage: Coverage) -> records.CoverageRecord:
    """Say how much was seen."""
    return records.CoverageRecord(
        processes=coverage.processes,
        unreadable_processes=coverage.unreadable_processes,
        descriptors=coverage.descriptors,
        unreadable_descriptors=coverage.unreadable_descriptors,
        sockets=coverage.sockets,
        unknown_sockets=coverage.unknown_sockets,
        notes=list(coverage.notes),
        capabilities=[
            records.CapabilityRecord(one.name, one.available, one.gives, one.costs, one.gain)
            for one in coverage.capabilities
        ],
    )


def namespace_record(namespace: NetworkNamespace) -> records.NamespaceRecord:
    """Fill in one network namespace."""
    return records.NamespaceRecord(
        inode=_inode(namespace.inode),
        name=namespace.name,
        origin=namespace.origin,
        leader=namespace.leader or None,
        processes=namespace.processes,
        pin=namespace.pin,
        source=namespace.source,
        reason=namespace.reason,
    )


def group_record(group: Group, pids: Iterable[int]) -> records.GroupRecord:
    """Fill in one process group with those of its members that are to be named."""
    return records.GroupRecord(
        pgid=group.pgid,
        sid=group.sid,
        tty=group.tty,
        tpgid=_known(group.tpgid),
        foreground=group.foreground,
        leader=group.leader,
        leader_gone=group.leader_gone,
        pids=list(pids),
    )


def process_record(world: World, process: Process) -> records.ProcessRecord:
    """Fill in one process."""
    return records.ProcessRecord(
        pid=process.pid,
        ppid=process.ppid,
        pgid=process.pgid,
        sid=process.sid,
        tty=process.tty,
        tpgid=_known(process.tpgid),
        foreground=process.foreground,
        comm=process.comm,
        cmdline=list(process.cmdline),
        user=process.user,
        uid=process.uid,
        state=process.state,
        start_time=_start_time(world, process),
        netns=_inode(process.netns),
        descriptors=_descriptor_count(world, process),
        denied=process.denied,
        kernel_thread=process.kernel_thread,
        thread_of=process.thread_of or None,
        inner_pid=process.inner_pid or None,
        cgroup=process.cgroup,
        netns_name=world.netns_name(process.netns),
    )


def _start_time(world: World, process: Process) -> float | None:
    if world.hello is None or world.hello.ticks <= 0:
        return None
    return round(world.hello.boot_time + process.start / world.hello.ticks, 2)


def _descriptor_count(world: World, process: Process) -> int | None:
    table = world.tables.get(process.key)
    if table is not None or not process.denied:
        return len(table or ())
    return _known(process.fd_count)


def descriptor_record(world: World, descriptor: Descriptor) -> records.DescriptorRecord:
    """Fill in one descriptor."""
    return records.DescriptorRecord(
        pid=descriptor.pid,
        fd=descriptor.fd,
        kind=descriptor.kind,
        label=kind_label(world, descriptor),
        target=descriptor.target,
        ino=descriptor.ino or None,
        dev=_device(descriptor.dev),
        access=descriptor.access,
        flags=open_flags(descriptor.flags),
        object=descriptor.object,
        object_confidence="unknown" if descriptor.unproven else "proven",
        text=row_text(world, descriptor),
        fields=descriptor.fields or {},
    )


def socket_record(world: World, socket: Socket) -> records.SocketRecord:
    """Fill in one socket."""
    held = socket.ino in world.descriptor_index.sockets
    return records.SocketRecord(
        ino=socket.ino or None,
        cookie=socket.cookie or None,
        netns=_inode(socket.netns),
        family=socket.family,
        type=socket.type,
        protocol=socket.protocol,
        state=socket.state,
        local=socket.local,
        remote=socket.remote,
        peer_ino=socket.peer_ino or None,
        recv_q=socket.recv_q,
        send_q=socket.send_q,
        queue=_known(socket.queue),
        backlog=_known(socket.backlog),
        uid=_known(socket.uid),
        shutdown=[name for bit, name in _SHUTDOWN if socket.shutdown & bit],
        cgroup=socket.cgroup or None,
        source=socket.source,
        extra=socket.extra or {},
        unheld="" if held else unheld_reason(world, socket),
        cgroup_path=socket.cgroup_path,
        netns_name=world.netns_name(socket.netns),
    )


def epoll_record(world: World, epoll: EpollInstance) -> records.EpollRecord:
    """Fill in one epoll instance with its registrations."""
    return records.EpollRecord(
        object=epoll.object,
        holders=places(world.holders(epoll.object)),
        targets=[target_record(world, target) for target in epoll.targets],
        note=epoll.note,
    )


def target_record(world: World, target: Target) -> records.TargetRecord:
    """Fill in one registration."""
    return records.TargetRecord(
        fd=target.fd,
        events=event_names(target.events),
        data=target.data,
        data_hex=f"0x{target.data:x}",
        ino=target.ino or None,
        dev=_device(target.dev),
        object=target.object,
        status=target.status,
        confidence=target.confidence,
        held_by=places(target_holders(world, target)),
    )


def places(keys: Iterable[DescriptorKey]) -> list[records.Place]:
    """Name descriptors by number."""
    return [records.Place(key.pid, key.fd) for key in keys]


def holder_records(world: World, keys: Iterable[DescriptorKey]) -> list[records.Holder]:
    """Name descriptors with their process."""
    return [_holder(world, key) for key in keys]


def _holder(world: World, key: DescriptorKey) -> records.Holder:
    descriptor = world.descriptor(key)
    return records.Holder(
        pid=key.pid,
        fd=key.fd,
        comm=comm_of(world, key),
        cloexec=None if descriptor is None else cloexec(descriptor.flags),
        access="" if descriptor is None else descriptor.access,
    )


def comm_of(world: World, key: DescriptorKey) -> str:
    """Short name of the process of a descriptor, "" when it is not known."""
    process = world.processes.get(key.process)
    return "" if process is None else process.comm


def waiting_records(waiting: Iterable[Waiting]) -> list[records.WaitingRecord]:
    """Name blocked threads."""
    return [records.WaitingRecord(thread.pid, thread.tid, thread.syscall, _known(thread.fd)) for thread in waiting]


def terminal_record(world: World, process: Process | None) -> records.TerminalRecord | None:
    """Fill in the controlling terminal of a process, None without one."""
    terminal = None if process is None else world.terminal(process)
    if process is None or terminal is None:
        return None
    return records.TerminalRecord(
        tty=terminal.tty,
        sid=terminal.sid,
        pgid=process.pgid,
        tpgid=_known(terminal.tpgid),
        foreground=process.foreground,
        groups=list(terminal.groups),
        sigint_goes_to=list(terminal.sigint_goes_to),
        sigint_effects=list(terminal.sigint_effects),
        background_readers=[
            records.BackgroundReaderRecord(one.key.pid, one.key.fd, comm_of(world, one.key), one.effect)
            for one in terminal.background_readers
        ],
    )


def _known(number: int) -> int | None:
    return number if number >= 0 else None


def _inode(netns: int) -> int | None:
    """Leave out what is no inode of a namespace: unknown, or a stand-in where it is hidden."""
    return netns if netns > 0 else None


def _device(dev: int) -> str:
    return f"{dev >> _MINOR_BITS}:{dev & ((1 << _MINOR_BITS) - 1)}" if dev else ""
