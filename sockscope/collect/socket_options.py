"""Options of one socket of another process, when a user asks for them: one duplicate for one instant."""

import errno
import os

from sockscope.collect.answering import Answering
from sockscope.frames.messages import Options, OptionsAnswer
from sockscope.kernel import restrictions
from sockscope.kernel.process import parse_stat
from sockscope.kernel.procfs import Procfs
from sockscope.kernel.sockopts import NotThisSocketError, read_options
from sockscope.model.descriptor import Fields

STAT_LIMIT = 4096


def answer_options(procfs: Procfs, answering: Answering, request: Options) -> OptionsAnswer:
    """Read the options of the socket behind a descriptor, or say why they cannot be read."""
    options: Fields = {}
    if not answering.check(request.pid):
        error = f"process {request.pid} does not answer"
        return OptionsAnswer(request.id, request.pid, request.start, request.fd, options, error)
    error = ""
    try:
        options = _read(procfs, request)
    except NotThisSocketError:
        error = f"{request.pid}:{request.fd} does not lead to socket {request.ino} any more"
    except OSError as problem:
        error = explain(problem, procfs, request)
    return OptionsAnswer(request.id, request.pid, request.start, request.fd, options, error)


def _read(procfs: Procfs, request: Options) -> Fields:
    pidfd = os.pidfd_open(request.pid)
    try:
        # The pidfd stays with one process; whether it is the one that is meant, its start time tells.
        if parse_stat(procfs.read(request.pid, "stat", STAT_LIMIT)).start != request.start:
            raise ProcessLookupError(errno.ESRCH, os.strerror(errno.ESRCH))
        return dict(read_options(pidfd, request.fd, request.ino))
    finally:
        os.close(pidfd)


def explain(problem: OSError, procfs: Procfs, request: Options) -> str:
    """Put a refusal into a sentence with what would help."""
    if problem.errno in {errno.ESRCH, errno.ENOENT}:
        return f"process {request.pid} has ended"
    if problem.errno == errno.EBADF:
        return f"{request.pid}:{request.fd} is closed"
    if problem.errno in {errno.ENOSYS, errno.EINVAL}:
        return "pidfd_getfd(2) is missing: socket options need Linux 5.6"
    if problem.errno in {errno.EPERM, errno.EACCES}:
        return f"socket options need to duplicate the descriptor, which is denied here: {_denial(procfs)}"
    return f"{request.pid}:{request.fd}: {problem.strerror}"


def _denial(procfs: Procfs) -> str:
    scope = restrictions.read_yama(procfs.root)
    if not restrictions.can_duplicate():
        return "a seccomp filter forbids pidfd_getfd(2)"
    if scope and not restrictions.has_capability(restrictions.CAP_SYS_PTRACE, procfs.root):
        return f"kernel.yama.ptrace_scope is {scope}; as root it works"
    if os.geteuid():
        return "the process belongs to another user, or may not be traced; as root it works"
    return "even root may not trace this process (another user namespace, or a security module)"
