"""The keys of objects: opaque, led by their company, and never made from a name that somebody typed."""

from uuid import UUID


def document_key(company_id: UUID, document_id: UUID) -> str:
    """The key of a document's bytes. A document has its own object: equal files are stored twice, deleted apart."""
    return f"{company_id.hex}/{document_id.hex}"
