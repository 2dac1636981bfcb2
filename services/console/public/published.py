"""The published schemas at their addresses: open ones for readers, closed ones for who compares versions formally."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, Request, Response

from bus.errors import Refused
from schemas.problems import NOT_FOUND, Problem
from schemas.publish import PUBLISHED, Schema, opened

MEDIA_TYPE = "application/schema+json"
CACHE = "public, max-age=3600"
"""A version that was published does not change after its release; an hour is what a correction before it may need."""

_POINTER = ("pointer", "1.0", "pointer")
Address = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Document:
    """One schema as it is sent, and the entity tag of these bytes."""

    body: bytes
    etag: str

    @classmethod
    def of(cls, schema: Schema) -> "Document":
        """The schema as JSON."""
        body = json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True).encode()
        return cls(body, f'"{hashlib.sha256(body).hexdigest()[:32]}"')


def router(folder: Path = PUBLISHED) -> APIRouter:
    """`/schemas/<type>/<minor>/<view>`; `?closed` asks for the closed twin."""
    closed, open_ = _documents(folder)
    found = APIRouter()

    @found.get("/schemas/{kind}/{minor}/{view}")
    async def schema(kind: str, minor: str, view: str, request: Request) -> Response:
        """The JSON Schema of one view of one type. `minor` is major and minor number, such as `1.0`."""
        documents = closed if "closed" in request.query_params else open_
        document = documents.get(_address(documents, kind, minor, view))
        if document is None:
            raise Refused(_unknown(documents))
        headers = {"ETag": document.etag, "Cache-Control": CACHE}
        if _held(request.headers.get("if-none-match", ""), document.etag):
            return Response(status_code=304, headers=headers)
        return Response(document.body, headers=headers, media_type=MEDIA_TYPE)

    return found


def _documents(folder: Path) -> tuple[Mapping[Address, Document], Mapping[Address, Document]]:
    """Those of the folder as they are, and opened."""
    schemas: dict[Address, Schema] = {}
    for file in sorted(folder.rglob("*.json")):
        kind, minor, view = file.relative_to(folder).with_suffix("").as_posix().split("/")
        schemas[kind, minor, view] = json.loads(file.read_text("utf-8"))
    closed = {address: Document.of(schema) for address, schema in schemas.items()}
    return closed, {address: Document.of(opened(schema)) for address, schema in schemas.items()}


def _address(documents: Mapping[Address, Document], kind: str, minor: str, view: str) -> Address:
    """A pointer looks alike whatever it points to: each event's is the one that all share."""
    shared = view == "pointer" and (kind, minor, "fields") in documents
    return _POINTER if shared else (kind, minor, view)


def _held(stated: str, etag: str) -> bool:
    return stated.strip() == "*" or etag in {one.strip().removeprefix("W/") for one in stated.split(",")}


def _unknown(documents: Mapping[Address, Document]) -> Problem:
    kinds = ", ".join(sorted({kind for kind, _, _ in documents}))
    return NOT_FOUND.problem(
        f"Không có lược đồ này. Đường dẫn là /schemas/<loại>/<phiên bản>/<mức xem>; các loại: {kinds}.",
        f"There is no such schema. The address is /schemas/<type>/<minor>/<view>; the types are: {kinds}.",
    )
