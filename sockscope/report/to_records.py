"""Records of the contract, filled from the world."""

from collections.abc import Iterable, Mapping

from sockscope.abi.devices import device_text
from sockscope.abi.epoll_events import event_names
from sockscope.abi.open_flags import closes_on_exec, flag_names
from sockscope.abi.strings import Clean
from sockscope.abi.text import NOTHING
from sockscope.model.address import InternetAddress
from sockscope.model.coverage import Coverage
from sockscope.model.descriptor import Descriptor
from sockscope.model.epoll import EpollInstance, Target
from sockscope.model.keys import DescriptorKey
from sockscope.model.netns import NetworkNamespace
from sockscope.model.process import Process
from sockscope.model.queue_meaning import counted, queue_phrases, sent
from sockscope.model.socket import Socket
from sockscope.report import records
from sockscope.report.slot import Slot
from sockscope.report.wait_record import wait_record
from sockscope.world.describe import kind_label, row_text
from sockscope.world.relations.answers import Group
from sockscope.world.relations.holders import certainty
from sockscope.world.relations.targets import registration_evidence, target_holders
from sockscope.world.relations.unheld import unheld
from sockscope.world.started import start_time
from sockscope.world.world import World

NOT_COMPARED: Mapping[tuple[int, int], bool] = {}
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
        sockets_elsewhere=coverage.sockets_elsewhere,
        partly_read=coverage.partly_read,
        unread_descriptors=coverage.unread_descriptors,
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
        kept_by=namespace.kept_by,
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
    said = world.waits.get(process.key)
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
        start_time=start_time(world, process),
        netns=_inode(process.netns),
        descriptors=_descriptor_count(world, process),
        denied=process.denied,
        kernel_thread=process.kernel_thread,
        thread_of=process.thread_of or None,
        inner_pid=process.inner_pid or None,
        cgroup=process.cgroup,
        netns_name=world.netns_name(process.netns),
        shares_table_with=[one.pid for one in world.table_sharers(process)],
        threads=None if said is None else said.threads,
        waits=[] if said is None else [wait_record(wait) for wait in said.waits],
        unread=process.unread,
    )


def _descriptor_count(world: World, process: Process) -> int | None:
    table = world.tables.get(process.key)
    if table is not None or not process.denied:
        return world.open_count(process.key) + process.unread
    return _known(process.fd_count)


def descriptor_record(world: World, descriptor: Descriptor) -> records.DescriptorRecord:
    """Fill in one descriptor."""
    sure, how = certainty(descriptor)
    return records.DescriptorRecord(
        pid=descriptor.pid,
        fd=descriptor.fd,
        kind=descriptor.kind,
        label=kind_label(world, descriptor),
        target=descriptor.target,
        ino=descriptor.inode,
        dev=device_text(descriptor.dev),
        access=descriptor.access,
        flags=flag_names(descriptor.flags),
        object=descriptor.object,
        object_confidence=sure,
        text=row_text(world, descriptor),
        fields=descriptor.fields or {},
        object_evidence=how,
        slot=descriptor.slot,
    )


def socket_record(world: World, socket: Socket) -> records.SocketRecord:
    """Fill in one socket."""
    why = None if socket.ino in world.descriptor_index.sockets else unheld(world, socket)
    return records.SocketRecord(
        ino=socket.ino or None,
        cookie=socket.cookie or None,
        netns=_inode(socket.netns),
        family=socket.family,
        type=socket.type,
        protocol=socket.protocol,
        state=socket.state,
        local=socket.local_plain,
        remote=socket.remote_text,
        peer_ino=socket.peer_ino or None,
        recv_q=counted(socket, "bytes"),
        send_q=sent(socket, "bytes"),
        queue=_known(socket.queue),
        backlog=_known(socket.backlog),
        uid=_known(socket.uid),
        shutdown=[name for bit, name in _SHUTDOWN if socket.shutdown & bit],
        cgroup=socket.cgroup or None,
        source=socket.source,
        extra=socket.extra or {},
        unheld="" if why is None else why.note,
        cgroup_path=socket.cgroup_path,
        netns_name=world.netns_name(socket.netns),
        unheld_confidence="" if why is None else why.confidence,
        unheld_evidence="" if why is None else why.evidence,
        recv_message=counted(socket, "message"),
        recv_memory=counted(socket, "memory"),
        send_memory=sent(socket, "memory"),
        queues=queue_phrases(socket),
        drops=_known(socket.drops),
        v6only=socket.local.v6only if isinstance(socket.local, InternetAddress) else None,
    )


def epoll_record(world: World, epoll: EpollInstance) -> records.EpollRecord:
    """Fill in one epoll instance with its registrations."""
    holders = world.holders(epoll.object)
    first = world.descriptor(holders[0]) if holders else None
    sure, how = certainty(first) if first is not None else ("unknown", "no descriptor that could be read leads to it")
    return records.EpollRecord(
        object=epoll.object,
        holders=slots(holders),
        targets=[target_record(world, target) for target in epoll.targets],
        note=epoll.note,
        holders_confidence=sure,
        holders_evidence=how,
    )


def target_record(world: World, target: Target) -> records.TargetRecord:
    """Fill in one registration."""
    return records.TargetRecord(
        fd=target.fd,
        events=event_names(target.events),
        data=target.data,
        data_hex=f"0x{target.data:x}",
        ino=target.ino or None,
        dev=device_text(target.dev),
        object=target.object,
        status=target.status,
        confidence=target.confidence,
        held_by=slots(target_holders(world, target)),
        evidence=registration_evidence(target),
    )


def slots(keys: Iterable[DescriptorKey]) -> list[Slot]:
    """Name descriptors by number."""
    return [Slot(key.pid, key.fd) for key in keys]


def holder_records(
    world: World, keys: Iterable[DescriptorKey], compared: Mapping[tuple[int, int], bool] = NOT_COMPARED
) -> list[records.Holder]:
    """Name descriptors with their process; `compared` says of (pid, fd) whether it shares the open file description."""
    return [_holder(world, key, same_file=compared.get((key.pid, key.fd))) for key in keys]


def _holder(world: World, key: DescriptorKey, *, same_file: bool | None) -> records.Holder:
    descriptor = world.descriptor(key)
    return records.Holder(
        pid=key.pid,
        fd=key.fd,
        comm=comm_of(world, key),
        cloexec=None if descriptor is None else closes_on_exec(descriptor.flags),
        access="" if descriptor is None else descriptor.access,
        same_file=same_file,
    )


def comm_of(world: World, key: DescriptorKey) -> Clean:
    """Short name of the process of a descriptor, "" when it is not known."""
    process = world.processes.get(key.process)
    return NOTHING if process is None else process.comm


def _known(number: int) -> int | None:
    return number if number >= 0 else None


def _inode(netns: int) -> int | None:
    """Leave out what is no inode of a namespace: unknown, or a stand-in where it is hidden."""
    return netns if netns > 0 else None
