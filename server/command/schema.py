"""`ficha schema`: the schema, as files hold it."""

import click


@click.command()
@click.option("--subgraph", is_flag=True, help="As composers of a federated supergraph take it.")
@click.option("--access", is_flag=True, help="As --subgraph, for routers that refuse what Ficha would.")
def schema(subgraph: bool, access: bool) -> None:
    """Print the GraphQL schema (SDL), as client apps take it."""
    from schema import sdl, subgraph_sdl

    click.echo((subgraph_sdl(access=access) if subgraph or access else sdl()).rstrip("\n"))
