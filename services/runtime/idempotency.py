"""The Idempotency-Key of a write: it becomes the command's id, and the body's hash tells a retry from a reuse."""

import hashlib
import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from bus.errors import Refused
from schemas.problems import IDEMPOTENCY_KEY_MISSING

HEADER = "Idempotency-Key"
_FORM = re.compile(r"[A-Za-z0-9._:-]{1,128}")


@dataclass(frozen=True, slots=True)
class Idempotent:
    """The key as it was sent, and the SHA-256 of method, path and body."""

    key: str
    body_hash: bytes


async def idempotent(request: Request) -> Idempotent:
    """The request's key; raises `Refused` (400) when it is missing or could not be a command's id."""
    key = request.headers.get(HEADER, "")
    if not _FORM.fullmatch(key):
        raise Refused(IDEMPOTENCY_KEY_MISSING.problem(), HEADER)
    whole = f"{request.method} {request.url.path}\n".encode() + await request.body()
    return Idempotent(key, hashlib.sha256(whole).digest())


IdempotencyKey = Annotated[Idempotent, Depends(idempotent)]
