"""A request with an `Idempotency-Key` acts once in a day; the key is its collaborator's and their credentials'."""

import asyncio
import dataclasses
import datetime
from typing import Any

import pytest

from database.opening import open_pool
from domain.idempotency import RETENTION, Claim, KeyReused, Recalled, Token, recall
from models import IdempotencyKey
from models.collaborator import Role
from server.work import UnitsOfWork
from tests.writing import Writer, rows

FIRST = Token("una-vez", "a" * 64)
MICROSECOND = datetime.timedelta(microseconds=1)


def act(writer: Writer, token: Token = FIRST, *, field: str = "winDeal", outcome: Any = None) -> bool:
    """Acts unless the request did before; whether it acted."""

    async def once(work: Any, _: Any) -> None:
        await Claim(work, token, field).keep(work, outcome)

    try:
        writer.do(once, {})
    except Recalled:
        return False
    return True


def recalled(writer: Writer, token: Token = FIRST) -> Any:
    return writer.do(lambda work, _: recall(work, token), {})


def test_what_was_done_is_recalled_by_its_field(company: Any) -> None:
    writer = Writer(company())
    assert recalled(writer) == {}
    assert act(writer, outcome={"id": "1"})
    assert act(writer, field="loseDeal")
    assert not act(writer, outcome={"id": "2"})
    assert recalled(writer) == {"winDeal": {"id": "1"}, "loseDeal": {}}
    assert recalled(writer, Token("otra", FIRST.digest)) == {}


@pytest.mark.parametrize("fields", [["winDeal"], ["winDeal", "loseDeal"]])
def test_the_key_of_another_request_is_refused(company: Any, owner: Any, fields: list[str]) -> None:
    mine = company()
    writer, other = Writer(mine), Token(FIRST.key, "b" * 64)
    for field in fields:
        act(writer, field=field)
    for call in (act, recalled):
        with pytest.raises(KeyReused) as refused:
            call(writer, other)
        assert (refused.value.code, refused.value.message) == (
            "IDEMPOTENCY_KEY_REUSED",
            "Esta Idempotency-Key ya se usó con otra petición; use una nueva.",
        )
    assert set(rows(owner, mine, IdempotencyKey, "digest")) == {FIRST.digest}


def test_it_is_forgotten_a_day_later(company: Any, owner: Any) -> None:
    """To the microsecond; then also another request may use it."""
    mine = company()
    writer = Writer(mine)
    start = writer.now = datetime.datetime(2026, 3, 12, 18, tzinfo=datetime.UTC)
    assert datetime.timedelta(days=1) == RETENTION
    act(writer, outcome={"id": "1"})
    writer.now = start + RETENTION
    assert recalled(writer) == {"winDeal": {"id": "1"}}
    assert act(writer, field="loseDeal")  # the same instant forgets nothing
    assert len(rows(owner, mine, IdempotencyKey, "field")) == 2
    writer.now = start + RETENTION + MICROSECOND
    assert recalled(writer) == {"loseDeal": {}}
    assert act(writer, outcome={"id": "2"})
    assert recalled(writer)["winDeal"] == {"id": "2"}
    writer.now += RETENTION + MICROSECOND
    assert act(writer, Token(FIRST.key, "b" * 64))
    assert rows(owner, mine, IdempotencyKey, "digest") == ["b" * 64]


def test_a_key_is_of_its_company_collaborator_and_credentials(company: Any, owner: Any) -> None:
    mine = company()
    first, colleague, stranger = Writer(mine), Writer(mine, Role.SALES), Writer(company())
    other = Writer(mine)
    for each, credential in ((first, "una"), (other, "otra")):
        each.viewer = dataclasses.replace(each.viewer, credential=credential)
    for each in (colleague, stranger, other):
        each.now = first.now
    assert [act(each) for each in (first, colleague, stranger, other)] == [True] * 4
    assert not any(act(each) for each in (first, colleague, stranger, other))
    # What one of them forgets is no one else's.
    for each in (first, colleague, other):
        each.now += RETENTION + MICROSECOND
    assert act(first)
    assert len(rows(owner, mine, IdempotencyKey, "field")) == 3


def test_rows_from_before_credentials_were_kept_count_for_all_of_them(company: Any) -> None:
    writer = Writer(company())
    act(writer)  # its credential is empty
    writer.viewer = dataclasses.replace(writer.viewer, credential="llave")
    assert not act(writer)


def test_who_comes_second_waits_for_the_first(company: Any) -> None:
    """Twenty at once act once; another key, or another collaborator, waits for nobody."""
    mine = company()
    writer, others = Writer(mine), [Writer(mine, Role.SALES), Writer(company())]
    pool = open_pool(mine.ficha.settings.database_url, 4)

    async def run() -> list[str]:
        done: list[str] = []
        entered, left = asyncio.Event(), asyncio.Event()

        def begin(who: Writer, token: Token, name: str, until: asyncio.Event | None = None) -> Any:
            async def once(work: Any) -> None:
                claim = Claim(work, token, "winDeal")
                await claim.check()
                entered.set()
                if until:
                    await until.wait()
                await claim.keep(work, {})
                done.append(name)

            async def act() -> None:
                try:
                    await UnitsOfWork(pool, clock=lambda: who.now).run(who.viewer, who.now, once)
                except Recalled:
                    done.append(f"{name} again")

            return asyncio.create_task(act())

        first = begin(writer, FIRST, "first", left)
        await entered.wait()
        second = begin(writer, FIRST, "second")
        free = [begin(writer, Token("otra", "c" * 64), "other key"), *(begin(each, FIRST, "other") for each in others)]
        await asyncio.gather(*free)
        left.set()
        await asyncio.gather(first, second)
        await pool.close()
        return done

    done = asyncio.run(run())
    assert sorted(done[:3]) == ["other", "other", "other key"]
    assert done[3:] == ["first", "second again"]
