"""What the SAT published of a client under art. 69-B of the CFF."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, case, select, true

import models
from loaders.entity import Query, of_company
from models.base import alias_of
from models.taxpayer_listing import PLACE

COLUMNS = ("status", "published_on", "gazetted_on", "name", "notice", "listed_as_of")


def listings_of(parent: FromClause, client_id: ColumnElement[Any]) -> Query:
    """The publications of the client's RFC, newest first."""
    client, listing = alias_of(models.Client), alias_of(models.TaxpayerListing)
    of_all = alias_of(models.TaxpayerList)
    return (
        select(
            listing.c.status,
            listing.c.published_on,
            listing.c.gazetted_on,
            listing.c.name,
            listing.c.notice,
            of_all.c.as_of.label("listed_as_of"),
        )
        .select_from(client.join(listing, listing.c.rfc == client.c.rfc).join(of_all, true()))
        .where(*of_company(client, client.c.id == client_id))
        .order_by(listing.c.published_on.desc(), case(PLACE, value=listing.c.status).desc())
        .correlate(parent)
    )
