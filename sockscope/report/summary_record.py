"""The `snapshot --summary` document."""

from sockscope.report.records import Header
from sockscope.report.sum_records import GroupSumRecord, ProcessCountRecord, SumsRecord, UserSumRecord


class Summary(Header, frozen=True):
    """`snapshot --summary`."""

    open_files: int | None
    open_files_limit: int | None
    sums: SumsRecord
    users: list[UserSumRecord]
    groups: list[GroupSumRecord]
    processes: list[ProcessCountRecord]
