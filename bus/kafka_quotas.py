"""Quotas of the broker's users: read and changed by Kafka's own protocol, because no client library offers both.

The requests are DescribeClientQuotas (48), which aiokafka has, and AlterClientQuotas (49), laid out as in Kafka's
`AlterClientQuotasRequest.json`, version 0 (KIP-546).
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError
from aiokafka.protocol.admin import DescribeClientQuotasRequest
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import Array, Boolean, Float64, Int16, Int32, Schema, String

from bus.errors import QuotasRefused, Transient
from bus.kafka_access import KafkaSettings
from bus.kafka_farewell import leave

_USER = "user"
_ANY_NAMED = 2
_TEXT = String("utf-8")
_ENTITY = Array(("entity_type", _TEXT), ("entity_name", _TEXT))


class _AlterResponse(Response):  # type: ignore[misc] # aiokafka is not typed
    API_KEY = 49
    API_VERSION = 0
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        ("entries", Array(("error_code", Int16), ("error_message", _TEXT), ("entity", _ENTITY))),
    )


class _AlterStruct(RequestStruct):  # type: ignore[misc] # the same
    API_KEY = 49
    API_VERSION = 0
    RESPONSE_TYPE = _AlterResponse
    SCHEMA = Schema(
        (
            "entries",
            Array(("entity", _ENTITY), ("ops", Array(("key", _TEXT), ("value", Float64), ("remove", Boolean)))),
        ),
        ("validate_only", Boolean),
    )


class _Alter(Request[_AlterStruct]):  # type: ignore[misc] # the same
    API_KEY = 49

    def __init__(self, entries: Sequence[Any]) -> None:
        self._entries = entries

    def build(self, request_struct_class: type[_AlterStruct]) -> _AlterStruct:
        return request_struct_class(self._entries, False)  # noqa: FBT003 - validate_only, by place alone


class QuotaClient:
    """One connection of an administrator. Every call raises `Transient` without an answer, `QuotasRefused` on a no."""

    def __init__(self, client: AIOKafkaClient) -> None:
        self._client = client

    async def of_users(self) -> dict[str, dict[str, float]]:
        """User to quota name to value, for every user that has a quota of its own."""
        answer = await self._ask(DescribeClientQuotasRequest([(_USER, _ANY_NAMED, None)], strict=True))
        if answer.error_code:
            raise QuotasRefused(f"quotas could not be read: {_said(answer.error_code, answer.error_message)}")
        return {_user(entity): dict(values) for entity, values in answer.entries or ()}

    async def alter(self, changes: Mapping[str, Mapping[str, float | None]]) -> None:
        """Set each user's named quotas in one request; None takes one away. The broker serves them a moment later."""
        entries = [([(_USER, user)], [_operation(*one) for one in named.items()]) for user, named in changes.items()]
        answer = await self._ask(_Alter(entries))
        refused = [(_user(entity), _said(code, message)) for code, message, entity in answer.entries if code]
        if refused:
            raise QuotasRefused(f"the quotas of {len(refused)} users were not set, of {refused[0][0]}: {refused[0][1]}")

    async def _ask(self, request: Request[Any]) -> Any:
        try:
            return await self._client.send(self._client.get_random_node(), request)
        except (KafkaError, OSError) as error:
            raise Transient(f"the quotas: {type(error).__name__} {error}".rstrip()) from error


@asynccontextmanager
async def quota_client(settings: KafkaSettings) -> AsyncIterator[QuotaClient]:
    """Signed in while the block lasts; raises `Transient` where that is not possible."""
    client = AIOKafkaClient(**settings.asyncio_options())
    try:
        try:
            await client.bootstrap()
        except (KafkaError, OSError) as error:
            raise Transient(f"the quotas: {type(error).__name__} {error}".rstrip()) from error
        yield QuotaClient(client)
    finally:
        await leave(client, client.close)


def _operation(name: str, value: float | None) -> tuple[str, float, bool]:
    return name, 0.0 if value is None else value, value is None


def _user(entity: Sequence[tuple[str, str]]) -> str:
    [(_, name)] = entity
    return name


def _said(code: int, message: str | None) -> str:
    return f"{message or 'without a reason'} (error {code})"
