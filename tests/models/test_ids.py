"""Row ids."""

import random
from concurrent.futures import ThreadPoolExecutor

from models.ids import uuid7


def test_ids_of_one_process_sort_in_the_order_they_were_made_in() -> None:
    made = [uuid7() for _ in range(20_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert {(id.version, id.variant) for id in made} == {(7, "specified in RFC 4122")}


def test_threads_never_make_the_same() -> None:
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: [uuid7() for _ in range(2_000)], range(8)))
    assert len({id for some in made for id in some}) == 16_000
    assert all(some == sorted(some) for some in made)


def test_an_id_of_a_given_time_is_made_from_the_source_alone() -> None:
    made, again = (uuid7(1_700_000_000_000, random.Random(1)) for _ in range(2))  # noqa: S311  # as the demo does
    assert made == again
    assert made.int >> 80 == 1_700_000_000_000
