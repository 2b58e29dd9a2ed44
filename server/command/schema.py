"""`ficha schema`: the schema, as files hold it."""

import click


@click.command()
@click.option("--subgraph", is_flag=True, help="As composers of a federated supergraph take it.")
def schema(subgraph: bool) -> None:
    """Print the GraphQL schema (SDL), as client apps take it."""
    from schema import sdl, subgraph_sdl

    click.echo((subgraph_sdl() if subgraph else sdl()).rstrip("\n"))
