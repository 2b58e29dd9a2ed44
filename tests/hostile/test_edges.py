"""Every argument and every input field of the schema at the edges of its type, over HTTP."""

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any

import httpx
import pytest
from strawberry.utils.str_converters import to_snake_case

from demo.companies import DEMO
from models.collaborator import Role
from server.execution.executor import GRAPHQL
from tests.fixtures import Company, Ficha
from tests.hostile.edges import Call, Place, edges, mutation, queries
from tests.leaks import LEAKS
from tests.operations.test_mutations import FOLDER, Own, variables_of
from tests.security.test_walk import read_world

SEED = int(os.environ.get("FICHA_TEST_EDGES_SEED", "20261128"))
SAMPLE = int(os.environ.get("FICHA_TEST_EDGES_CASES", "250"))
"""Cases of a test where not all of them are walked."""
OF_A_VALUE = {"BAD_USER_INPUT", "BAD_ID", "BAD_CURSOR", "BAD_PAGE", "PAGE_TOO_LONG", "SEARCH_TOO_LONG", "BAD_TEXT",
    "FILTER_TEXT_TOO_LONG",
    "BAD_VALUE",
    "UNKNOWN_CODE", "RFC_GENERIC", "BAD_REPRESENTATION"}  # fmt: skip
"""The codes of errors that are about one value, and name the argument or field that it was given for."""
MUTATIONS = sorted(GRAPHQL.mutation_type.fields)  # pyright: ignore[reportOptionalMemberAccess]


class Faults(list[str]):
    """What was wrong, each kind of it told a few times."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: dict[str, int] = {}

    def add(self, what: str, case: str) -> None:
        key = re.sub(r"\d+", "0", what[:40])
        self._seen[key] = self._seen.get(key, 0) + 1
        if self._seen[key] <= 12:
            self.append(f"{what}\n    {case[:400]}")

    def demand_none(self) -> None:
        assert not self, f"{sum(self._seen.values())} faults, among them\n" + "\n".join(self[:60])


def send(ficha: Ficha, email: str, body: bytes) -> httpx.Response:
    headers = {"Authorization": f"Bearer {ficha.token(email)}", "Content-Type": "application/json"}
    return ficha.http.post("/graphql", content=body, headers=headers)


def judge(faults: Faults, response: httpx.Response, body: bytes, case: str) -> None:
    """Holds a response to what every response is: no fault of ours, coded, and without our own words."""
    if response.status_code >= 500:
        faults.add(f"status {response.status_code}: {response.text[:200]}", case)
        return
    told = response.json()
    for error in told.get("errors", ()):
        extensions = error.get("extensions", {})
        code = extensions.get("code")
        if code in (None, "INTERNAL", "TIMEOUT"):
            faults.add(f"{code}: {error['message'][:200]}", case)
        elif code in OF_A_VALUE and not extensions.get("field"):
            faults.add(f"{code} names no field: {error['message'][:200]}", case)
        if (leak := LEAKS.search(error["message"])) and leak.group() not in body.decode(errors="replace"):
            faults.add(f"tells {leak.group()!r}: {error['message'][:200]}", case)
        if len(error["message"]) > 2_000:
            faults.add(f"a message of {len(error['message'])} characters", case)
    for problem in problems(told.get("data")):
        if not problem.get("code") or "path" not in problem or LEAKS.search(problem["message"]):
            faults.add(f"a problem {json.dumps(problem)[:200]}", case)
        if len(problem["message"]) > 2_000:
            faults.add(f"a problem's message of {len(problem['message'])} characters", case)


def problems(value: Any) -> Iterator[Any]:
    match value:
        case dict():
            for name, part in value.items():
                if name in ("userErrors", "warnings"):
                    yield from part or ()
                else:
                    yield from problems(part)
        case list():
            for part in value:
                yield from problems(part)
        case _:
            pass


Case = tuple[Call, Place, Any]


def cases(calls: Sequence[Call]) -> list[Case]:
    return [(call, place, edge) for call in calls for place in call.places for edge in edges(place.kind, place.name)]


def sample(all_cases: list[Case], number: int, salt: int = 0) -> list[Case]:
    """As many cases, the same ones each time; of each type some."""
    chance = Random(SEED + salt)  # noqa: S311  # the same cases each time
    by_type: dict[str, list[Case]] = {}
    for case in all_cases:
        by_type.setdefault(str(case[1].kind).strip("!"), []).append(case)
    most = max(3, number // len(by_type))
    chosen = [case for each in by_type.values() for case in chance.sample(each, min(most, len(each)))]
    return chance.sample(chosen, min(number, len(chosen)))


def walk(ficha: Ficha, chosen: Sequence[Case], prepare: Callable[[Call], Call] = lambda call: call) -> None:
    """Sends each case, and now and then something trivial, which must be answered."""
    faults = Faults()
    for number, (each, place, edge) in enumerate(chosen):
        call = prepare(each)
        body = json.dumps({"query": call.query, "variables": call.at(place, edge)}).encode()
        case = f"{call.name} {'.'.join(map(str, place.path))} = {json.dumps(edge)[:120]}"
        try:
            judge(faults, send(ficha, call.email, body), body, case)
        except (httpx.HTTPError, ValueError) as error:
            faults.add(f"no response: {error!r}", case)
        if number % 50 == 0:
            assert send(ficha, call.email, b'{"query": "{ viewer { __typename } }"}').json()["data"], case
    faults.demand_none()


@pytest.fixture(scope="module")
def ids(live_server: Ficha) -> Mapping[str, str]:
    """One record of each kind of the demo."""
    rows = read_world(live_server.settings.database_url, [DEMO]).rows[DEMO]
    return {row.type_name: row.global_id for row in rows}


@pytest.fixture(params=[None, "levels", "twin"], ids=["planner", "levels", "resolvers"])
def either(live_server: Ficha, request: pytest.FixtureRequest) -> Ficha:
    """The worker's Ficha, and those that answer in other ways."""
    return getattr(live_server, request.param) if request.param else live_server


def test_a_query_takes_any_value(either: Ficha, ids: Mapping[str, str]) -> None:
    walk(either, sample(cases(list(queries(ids))), SAMPLE))


@pytest.mark.deep
@pytest.mark.timeout(7200)
def test_a_query_takes_every_value(either: Ficha, ids: Mapping[str, str]) -> None:
    walk(either, cases(list(queries(ids))))


def call_of(company: Company, name: str, ids: Mapping[str, str]) -> Call:
    """The mutation on records of the company's own, as its canonical operation says where there is one."""
    email = company.email(Role.ADMIN)
    file = FOLDER / f"{to_snake_case(name)}.graphql"
    one = FOLDER / f"{to_snake_case(re.sub(r'(?<=Address)es$|s$', '', name))}.graphql"
    if file.exists():
        return mutation(name, Own(company, file.stem).given(variables_of(file))["input"], ids, email)
    if one.exists():
        row = Own(company, one.stem).given(variables_of(one))["input"]
        return mutation(name, {"rows": [row]}, ids, email)
    return mutation(name, None, ids, email)


def validated(call: Call) -> Call:
    """The same call, which keeps nothing."""
    return replace(call, variables={"input": {**call.variables["input"], "validateOnly": True}})


@pytest.fixture
def mutations(company: Callable[[], Company], ids: Mapping[str, str]) -> list[Call]:
    """A call of each mutation, by a company of its own."""
    return [call_of(company(), name, ids) for name in MUTATIONS]


@pytest.fixture
def anew(company: Callable[[], Company], ids: Mapping[str, str]) -> Callable[[Call], Call]:
    """Gives a call records that no call before has changed."""
    return lambda call: call_of(company(), call.name.partition(".")[2], ids)


def test_a_mutation_takes_any_value(live_server: Ficha, mutations: list[Call], anew: Callable[[Call], Call]) -> None:
    walk(live_server, sample(cases([validated(call) for call in mutations]), SAMPLE, salt=1))
    walk(live_server, sample(cases(mutations), SAMPLE, salt=2), anew)


@pytest.mark.deep
@pytest.mark.timeout(7200)
def test_a_mutation_takes_every_value(live_server: Ficha, mutations: list[Call], anew: Callable[[Call], Call]) -> None:
    walk(live_server, cases([validated(call) for call in mutations]))
    walk(live_server, cases(mutations), anew)
