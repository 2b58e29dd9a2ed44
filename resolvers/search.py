"""One search over the records of all kinds."""

import asyncio
from dataclasses import dataclass
from typing import Annotated, Any

from strawberry import Info, argument

from errors import BadInput
from loaders.paging import DEFAULT_PAGE, page_size, search_words
from loaders.search import ENTITIES, SearchKind, matches, readable_kinds
from resolvers.context import operation, viewer

MOST_HITS = 50

Words = Annotated[
    str,
    argument(
        description="Words to look for, at most 200 characters, accents and case aside: all of them are in what is"
        " found. A word of one or two characters is looked for at the beginnings of words; without a"
        " letter or digit nothing is."
    ),
]
Kinds = Annotated[
    list[SearchKind] | None,
    argument(
        description="Only these kinds; by default all that the viewer may read. One that the viewer may not read is"
        " FORBIDDEN."
    ),
]
First = Annotated[int, argument(description=f"Maximum number of hits, 0 to {MOST_HITS}.")]


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A record that matches."""

    node: Any
    kind: SearchKind
    title: str
    matched: str


async def search(info: Info, query: Words, kinds: Kinds = None, first: First = DEFAULT_PAGE) -> list[SearchHit]:
    """The records that match, best first, of all kinds that the viewer may read or of these."""
    size = page_size("first", first)
    if size > MOST_HITS:
        raise BadInput(
            "PAGE_TOO_LONG", f"Una búsqueda da a lo más {MOST_HITS} resultados; se pidieron {size}.", "first"
        )
    searched = readable_kinds(viewer(info), kinds)
    words = search_words(query, "query")
    if not words or not searched or not size:
        return []
    reads = operation(info)
    results = await reads.reader.run(
        matches(), query=words, kinds=[kind.value for kind in searched], order=[*ENTITIES], most=size
    )
    # One statement a kind. A record that was erased meanwhile is left out.
    nodes = await asyncio.gather(*(reads.record(ENTITIES[SearchKind(each.kind)], each.id) for each in results))
    return [
        SearchHit(node, SearchKind(each.kind), each.title, each.matched)
        for each, node in zip(results, nodes, strict=True)
        if node is not None
    ]
