"""The Idempotency-Key of a write: it becomes the command's id, and the body's hash tells a retry from a reuse."""

import hashlib
import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from bus.errors import Refused
from schemas.problems import IDEMPOTENCY_KEY_MISSING, MALFORMED

HEADER = "Idempotency-Key"
INVALID = MALFORMED.problem(
    "Idempotency-Key phải có 1 đến 128 ký tự trong A-Z a-z 0-9 . _ : -, ví dụ một UUID.",
    "Idempotency-Key must have 1 to 128 characters of A-Z a-z 0-9 . _ : - such as a UUID.",
)
_FORM = re.compile(r"[A-Za-z0-9._:-]{1,128}")


@dataclass(frozen=True, slots=True)
class Idempotent:
    """The key as it was sent, and the SHA-256 of method, path and body."""

    key: str
    body_hash: bytes


async def idempotent(request: Request) -> Idempotent:
    """The request's key; raises `Refused`: 400 when it is missing, 422 when it could not be a command's id."""
    key = request.headers.get(HEADER)
    if key is None:
        raise Refused(IDEMPOTENCY_KEY_MISSING.problem(), field=HEADER)
    if not _FORM.fullmatch(key):
        raise Refused(INVALID, field=HEADER)
    whole = f"{request.method} {request.url.path}\n".encode() + await request.body()
    return Idempotent(key, hashlib.sha256(whole).digest())


IdempotencyKey = Annotated[Idempotent, Depends(idempotent)]
