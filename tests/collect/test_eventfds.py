"""eventfds: one number is one object, unless kcmp knows better."""

import os
from collections.abc import Iterator

import pytest

from sockscope.collect.eventfds import EventfdIdentity
from sockscope.kernel import kcmp

ME = os.getpid()


@pytest.fixture
def eventfds() -> Iterator[tuple[int, int]]:
    made = (os.eventfd(0), os.eventfd(0))
    yield made
    for fd in made:
        os.close(fd)


def test_a_duplicate_has_the_name_of_its_original(eventfds: tuple[int, int]) -> None:
    names = EventfdIdentity()
    copy = os.dup(eventfds[0])
    try:
        assert names.name((ME, eventfds[0]), 5) == names.name((ME, copy), 5) == names.name((ME, eventfds[0]), 5)
    finally:
        os.close(copy)


def test_a_number_that_has_come_to_another_eventfd_meanwhile_is_not_believed(eventfds: tuple[int, int]) -> None:
    names = EventfdIdentity()
    assert names.name((ME, eventfds[0]), 5) != names.name((ME, eventfds[1]), 5)


def test_a_number_whose_holders_are_all_gone_means_a_new_object(eventfds: tuple[int, int]) -> None:
    names = EventfdIdentity()
    gone = os.dup(eventfds[0])
    before = names.name((ME, gone), 5)
    os.close(gone)
    assert names.name((ME, eventfds[1]), 5) != before


def test_an_unchanged_descriptor_keeps_its_name_without_a_call(eventfds: tuple[int, int], monkeypatch) -> None:
    names = EventfdIdentity()
    first = names.name((ME, eventfds[0]), 5)
    monkeypatch.setattr(kcmp, "compare_files", None)
    assert names.name((ME, eventfds[0]), 5) == first


def test_where_kcmp_is_denied_the_number_is_believed(eventfds: tuple[int, int], monkeypatch) -> None:
    def denied(*_: int) -> int:
        raise PermissionError(1, "Operation not permitted")

    names = EventfdIdentity()
    # kcmp cannot be taken away from this process for real without losing it for all later tests.
    monkeypatch.setattr(kcmp, "compare_files", denied)
    assert names.name((ME, eventfds[0]), 5) == names.name((ME, eventfds[1]), 5)


def test_what_is_to_be_forgotten_is_compared_with_no_more(eventfds: tuple[int, int], monkeypatch) -> None:
    names = EventfdIdentity()
    copy = os.dup(eventfds[0])
    try:
        first = names.name((ME, eventfds[0]), 5)
        assert names.name((ME, copy), 5) == first
        names.forget([(ME, eventfds[0])])
        compared: list[tuple[int, ...]] = []
        monkeypatch.setattr(kcmp, "compare_files", lambda *slots: compared.append(slots) or 0)
        assert names.name((ME, eventfds[1]), 5) == first
        assert compared == [(ME, eventfds[1], ME, copy)]
        names.forget([(ME, copy), (ME, eventfds[1])])
        names.name((ME, eventfds[1]), 5)
        assert len(compared) == 1
    finally:
        os.close(copy)
