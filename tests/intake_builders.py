"""What tests of intake share: a form, a directory of one key, requests with a token, events read from an outbox."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx2
from joserfc.jwk import OKPKey

from bus.message import Message
from schemas.envelope import Event
from services.runtime.app import App

DECISION = "01/QĐ-BCĐ389 (hư cấu)"
Tokens = Callable[..., str]
FORM: dict[str, Any] = {
    "content": "Kho ở ngõ 5 bán mỹ phẩm không hóa đơn",
    "informant": {"name": "Lê Thị Giả Định", "phone": "0912 345 678"},
    "facts": {
        "stages": ["luu_kho"],
        "typology": ["KRNG"],
        "place": {"province": "79", "place_type": "warehouse"},
    },
    "details": {"identifiers": [{"kind": "phone", "value": "0999 000 111"}], "names": ["Shop Giả Định"]},
}
PAPER: dict[str, Any] = {
    "approver": "Phó Chánh Văn phòng",
    "document": {"number": "1/CV-BCĐ389", "dated": "2026-11-24"},
}
Taking = Callable[..., Awaitable[UUID]]
Published = Callable[[UUID | str], Awaitable[list[Event[Any]]]]


@dataclass(frozen=True, slots=True)
class OneKey:
    """A directory with one key that the test holds."""

    key: OKPKey = field(default_factory=lambda: OKPKey.generate_key("Ed25519", private=True, auto_kid=True))

    async def find(self, kid: str) -> OKPKey | None:
        return self.key if kid == self.key.kid else None


@dataclass(frozen=True, slots=True)
class Http:
    """Requests to one service, with a token where one is given."""

    client: httpx2.AsyncClient

    async def get(self, path: str, token: str) -> httpx2.Response:
        return await self.client.get(path, headers={"Authorization": f"Bearer {token}"})

    async def post(self, path: str, body: Any, token: str | None = None, key: str | None = None) -> httpx2.Response:
        headers = {"Idempotency-Key": key or str(uuid4())}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        return await self.client.post(path, json=body, headers=headers)


def app_of(http: Http) -> Any:
    """The app behind these requests, to change what it stands on."""
    transport: Any = http.client._transport
    return transport.app


def served(app: App) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://service")


def message_of(row: Any) -> Message:
    headers = tuple((name, value.encode()) for name, value in row["headers"].items())
    return Message(row["topic"], row["msg_key"], row["payload"], headers)


def concerns(event: Event[Any], about: str) -> bool:
    said = getattr(event.data, "command_id", None), str(getattr(event.data, "tip_id", ""))
    return event.envelope.subject == about or about in said
