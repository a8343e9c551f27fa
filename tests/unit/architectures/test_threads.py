"""Work that several threads share: in order, on one thread of torch each, and with errors raised."""

import threading

import pytest
import torch

from grnet.architectures.threads import map_in_threads, threads_of


def test_results_come_in_the_order_of_the_items_from_several_threads_of_one_thread_each():
    met = threading.Barrier(2, timeout=30)

    def ask(number):
        if number < 2:
            met.wait()  # two at a time, or this breaks
        return number * number, torch.get_num_threads(), threading.get_ident()

    results = list(map_in_threads(ask, range(6), threads=2))
    assert [square for square, _, _ in results] == [0, 1, 4, 9, 16, 25]
    assert {count for _, count, _ in results} == {1}
    assert threading.get_ident() not in {thread for _, _, thread in results}


@pytest.mark.parametrize(("items", "threads"), [([3], 4), ([3, 4], 1), ([], 2)])
def test_one_thread_or_one_item_stays_where_it_is(items, threads):
    def ask(number):
        return number, torch.get_num_threads(), threading.get_ident()

    before = torch.get_num_threads()
    assert list(map_in_threads(ask, items, threads=threads)) == [(item, 1, threading.get_ident()) for item in items]
    assert torch.get_num_threads() == before


def test_threads_that_start_later_have_as_many_as_before():
    seen = []

    def look():
        thread = threading.Thread(target=lambda: seen.append(torch.get_num_threads()))
        thread.start()
        thread.join()

    look()
    assert list(map_in_threads(str, range(3), threads=2)) == ["0", "1", "2"]
    look()
    assert seen[0] == seen[1]


def test_an_error_is_raised():
    def fail(number):
        raise ValueError(f"item {number}")

    with pytest.raises(ValueError, match="item 0"):
        list(map_in_threads(fail, range(4), threads=2))


def test_a_gpu_gets_one_thread():
    assert threads_of(torch.device("cuda")) == 1
    assert threads_of(torch.device("cpu")) == torch.get_num_threads()
