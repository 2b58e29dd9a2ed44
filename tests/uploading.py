"""Uploads as a client program does them: announced to the API, sent to the store in its forms, completed."""

import datetime
import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from models.collaborator import Role
from tests.fixtures import Company

PREPARE = """
mutation ($input: PrepareDocumentUploadInput!) {
  prepareDocumentUpload(input: $input) {
    documentUpload {
      id name size sha256 expiresAt document { id }
      parts { number offset size url fields { name value } }
      put { url headers { name value } }
    }
    userErrors { code path message allowed }
    warnings { code path message }
  }
}
"""
COMPLETE = """
mutation ($input: CompleteDocumentUploadInput!) {
  completeDocumentUpload(input: $input) {
    document {
      id name kind description tags contentType size sha256 expiresOn revision version
      uploadedBy { id } client { id }
    }
    userErrors { code path message allowed }
    warnings { code path message }
  }
}
"""
LINKS = "query ($id: ID!) { document(id: $id) { downloadUrl viewUrl } }"


def soon() -> datetime.datetime:
    """In an hour."""
    return datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=1)


def announced(content: bytes, **given: Any) -> dict[str, Any]:
    """The input that announces these bytes."""
    return {"name": "archivo.txt", "size": len(content), "sha256": hashlib.sha256(content).hexdigest()} | given


def prepare(company: Company, content: bytes, role: Role = Role.ADMIN, **given: Any) -> Any:
    """Announces a file; the payload."""
    return company.insist(PREPARE, role, input=announced(content, **given)).data["prepareDocumentUpload"]


def send(upload: Any, content: bytes) -> list[int]:
    """Sends the file, part by part; HTTP's statuses."""
    return [post(part, content[part["offset"] : part["offset"] + part["size"]]) for part in upload["parts"]]


def post(part: Any, content: bytes) -> int:
    """Sends a part; HTTP's status."""
    fields = {field["name"]: field["value"] for field in part["fields"]}
    return httpx.post(part["url"], data=fields, files={"file": content}, trust_env=False, timeout=60).status_code


def put(upload: Any, content: bytes, **headers: str) -> int:
    """Sends the file as one whole; HTTP's status."""
    request = upload["put"]
    names = {field["name"]: field["value"] for field in request["headers"]} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    return httpx.put(request["url"], content=content, headers=names, trust_env=False, timeout=60).status_code


def complete(company: Company, upload: Any, role: Role = Role.ADMIN, **given: Any) -> Any:
    """Completes an upload; the payload."""
    given |= {"uploadId": upload["id"]}
    return company.insist(COMPLETE, role, input=given).data["completeDocumentUpload"]


def upload(company: Company, content: bytes, role: Role = Role.ADMIN, **given: Any) -> Any:
    """All three steps; the payload of the last one."""
    prepared = prepare(company, content, role, **given)
    assert prepared["userErrors"] == []
    assert set(send(prepared["documentUpload"], content)) == {204}
    return complete(company, prepared["documentUpload"], role)


def codes(payload: Any, kind: str = "userErrors") -> list[tuple[str, str]]:
    """Code and dotted path of each problem."""
    return [(problem["code"], ".".join(problem["path"])) for problem in payload[kind]]


def links(company: Company, id: str) -> Any:
    """The links to a document's file."""
    return company.ask(LINKS, id=id).data["document"]


def together(jobs: Sequence[Any]) -> list[Any]:
    """Does all at once, each in a thread; results in order."""
    with ThreadPoolExecutor(len(jobs)) as threads:
        return [future.result() for future in [threads.submit(job) for job in jobs]]
