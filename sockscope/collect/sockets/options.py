"""Options of one socket of another process, when a user asks for them: one duplicate for one instant."""

import errno
import os
from collections.abc import Collection

from sockscope.abi.strings import Clean
from sockscope.abi.text import NOTHING, clean_str, ours
from sockscope.collect.processes.answering import Answering
from sockscope.collect.sockets.names import named
from sockscope.collect.sockets.netspaces import Keeper
from sockscope.frames.messages import Options, OptionsAnswer
from sockscope.kernel import restrictions
from sockscope.kernel.procfs import Procfs
from sockscope.kernel.sockopts import NotThisSocketError, read_options
from sockscope.kinds.words import number
from sockscope.model.descriptor import CleanFields


def answer_options(
    procfs: Procfs, answering: Answering, request: Options, namespaces: Collection[int] = ()
) -> OptionsAnswer:
    """Read the options of the socket behind a descriptor, or say why they cannot be read.

    `namespaces` are the network namespaces that something else than a socket keeps, as far as that could be seen.
    """
    options: CleanFields = {}
    if not answering.check(request.pid):
        error = ours("process {} does not answer", request.pid)
        return OptionsAnswer(request.id, request.pid, request.start, request.fd, options, error)
    error = NOTHING
    try:
        options = _read(procfs, request)
        options |= _kept(number(options, "netns") or 0, request, namespaces)
    except NotThisSocketError:
        error = ours("{}:{} does not lead to socket {} any more", request.pid, request.fd, request.ino)
    except OSError as problem:
        error = explain(problem, procfs, request)
    return OptionsAnswer(request.id, request.pid, request.start, request.fd, options, error)


def _kept(netns: int, request: Options, namespaces: Collection[int]) -> CleanFields:
    """Say what keeps the namespace of a socket where nothing but sockets made in it does."""
    if not netns or netns in namespaces:
        return {}
    return {"netns_kept_by": ours("kept by {}", Keeper(request.pid, request.fd).words)}


def _read(procfs: Procfs, request: Options) -> CleanFields:
    pidfd = os.pidfd_open(request.pid)
    try:
        # The pidfd stays with one process; whether it is the one that is meant, its start time tells.
        if procfs.stat(request.pid).start != request.start:
            raise ProcessLookupError(errno.ESRCH, os.strerror(errno.ESRCH))
        options, names = read_options(pidfd, request.fd, request.ino)
        return {**options, **named(names)}
    finally:
        os.close(pidfd)


def explain(problem: OSError, procfs: Procfs, request: Options) -> Clean:
    """Put a refusal into a sentence with what would help."""
    if problem.errno in {errno.ESRCH, errno.ENOENT}:
        return ours("process {} has ended", request.pid)
    if problem.errno == errno.EBADF:
        return ours("{}:{} is closed", request.pid, request.fd)
    if problem.errno in {errno.ENOSYS, errno.EINVAL}:
        return ours("pidfd_getfd(2) is missing: socket options need Linux 5.6")
    if problem.errno in {errno.EPERM, errno.EACCES}:
        return ours("socket options need to duplicate the descriptor, which is denied here: {}", denial(procfs))
    return ours("{}:{}: {}", request.pid, request.fd, clean_str(problem.strerror or ""))


def denial(procfs: Procfs) -> Clean:
    """Say what keeps a descriptor of another process from being duplicated, and what would help."""
    scope = restrictions.read_yama(procfs.root)
    if not restrictions.can_duplicate():
        return ours("a seccomp filter forbids pidfd_getfd(2)")
    if scope and not restrictions.has_capability(restrictions.CAP_SYS_PTRACE, procfs.root):
        return ours("kernel.yama.ptrace_scope is {}; as root it works", scope)
    if not restrictions.may_trace_others(procfs.root):
        return ours("the process belongs to another user, or may not be traced; as root it works")
    return ours("even root may not trace this process (another user namespace, or a security module)")
