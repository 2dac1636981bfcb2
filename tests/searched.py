"""Everything that a running bus keeps, searched for words: each table, each topic, each log, opened where it opens."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, TopicPartition

from bus.errors import BusError
from bus.identity import system_clock
from bus.message import Message
from bus.sealing import Keyring, unseal
from bus.wire import decode
from bus_run import Bus
from infra.stack.admin import client_settings

_TABLES = """
select schemaname, tablename from pg_tables where schemaname not in ('pg_catalog', 'information_schema') order by 1, 2
"""
_SEALED = re.compile(rb'"sealed":\{"')
_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Found:
    """A word and the place that holds it; `opened` where only a key that still exists tells it."""

    what: str
    place: str
    opened: bool = False


class Search:
    """Searches one bus for words by name."""

    def __init__(self, bus: Bus, words: Mapping[str, str]) -> None:
        self._bus = bus
        self._forms = {what: _forms(word) for what, word in words.items()}

    async def tables(self) -> set[Found]:
        """What any column of any table of any schema holds, as text, as bytes, or sealed under a key there is."""
        connection = await self._bus.superuser()
        try:
            keys = await _keys(connection, self._bus)
            found: set[Found] = set()
            for row in await connection.fetch(_TABLES):
                place = f"{row['schemaname']}.{row['tablename']}"
                async for record in _rows(connection, row["schemaname"], row["tablename"]):
                    found |= self._in_record(record, place, keys)
            return found
        finally:
            await connection.close()

    async def topics(self) -> set[Found]:
        """What any record of any topic holds, in the clear or sealed under a key that there is."""
        connection = await self._bus.superuser()
        keys = await _keys(connection, self._bus)
        await connection.close()
        found: set[Found] = set()
        for message in _everything(self._bus):
            found |= self._in(b"\n".join([message.value, *(value for _, value in message.headers)]), message.topic)
            found |= self._opened(message, message.topic, keys)
        return found

    def logs(self) -> set[Found]:
        """What any process or server printed."""
        return {one for name, text in self._bus.logs().items() for one in self._in(text, name)}

    def text(self, place: str, text: bytes) -> set[Found]:
        """What a page or an answer says."""
        return self._in(text, place)

    def _in_record(self, record: Mapping[str, Any], place: str, keys: Mapping[UUID, bytes]) -> set[Found]:
        found = self._in("\n".join(_texts(record.values())).encode(), place)
        for value in record.values():
            if isinstance(value, bytes):
                found |= self._in(value, place)
        return found | self._opened(_message(record), place, keys) if _message(record) else found

    def _opened(self, message: Message | None, place: str, keys: Mapping[UUID, bytes]) -> set[Found]:
        if message is None or not _SEALED.search(message.value):
            return set()
        try:
            event = unseal(decode(message), keys)
        except BusError:
            return set()
        said = event.data.model_dump_json(include={"personal", "details"}).encode()
        return {Found(one.what, place, opened=True) for one in self._in(said, place)}

    def _in(self, text: bytes, place: str) -> set[Found]:
        return {Found(what, place) for what, forms in self._forms.items() if any(form in text for form in forms)}


def _forms(word: str) -> tuple[bytes, ...]:
    return (word.encode(), word.encode().hex().encode())


def _texts(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        yield repr(value) if isinstance(value, list | tuple) else str(value)


async def _rows(connection: asyncpg.Connection, schema: str, table: str) -> Any:
    async with connection.transaction():
        async for record in connection.cursor(f'select * from "{schema}"."{table}"', prefetch=500):  # noqa: S608 - as it is called
            yield record


async def _keys(connection: asyncpg.Connection, bus: Bus) -> dict[UUID, bytes]:
    """Every key that the master key still opens."""
    keyring = Keyring.load(bus.home.secrets / "master.json", system_clock)
    rows = await connection.fetch("select dossier, wrapped from keys.dossier_key where wrapped is not null")
    return {row["dossier"]: keyring.unwrap(row["dossier"], row["wrapped"]) for row in rows}


def _message(record: Mapping[str, Any]) -> Message | None:
    """The event in a row of an outbox, a feed, a timeline or what is parked; None for other rows."""
    found = dict(record)
    if "header_names" in found:
        names = [bytes(name).decode() for name in found["header_names"]]
        headers = tuple(zip(names, (bytes(value) for value in found["header_values"]), strict=True))
        return Message(found["topic"], found["msg_key"], bytes(found["value"]), headers)
    if "headers" not in found or "payload" not in found:
        return None
    said = json.loads(found["headers"])
    subject = said.get("ce_subject", "").encode()
    return Message(
        "row", subject, bytes(found["payload"]), tuple((name, str(one).encode()) for name, one in said.items())
    )


def _everything(bus: Bus) -> Iterator[Message]:
    """Every record of every topic at this moment, read as the broker's administrator."""
    info = bus.info
    settings = {
        **client_settings(info.kafka.bootstrap, info.kafka.ca, "admin", bus.secret("kafka/admin")),
        "group.id": "searching",
        "enable.partition.eof": True,
        "enable.auto.commit": False,
        "fetch.wait.max.ms": 20,
    }
    consumer = Consumer(settings)
    try:
        topics = consumer.list_topics(timeout=_SECONDS).topics.values()
        places = [
            TopicPartition(topic.topic, number, OFFSET_BEGINNING)
            for topic in topics
            if not topic.topic.startswith("__")
            for number in topic.partitions
        ]
        consumer.assign(places)
        yield from _until_the_ends(consumer, len(places))
    finally:
        consumer.close()


def _until_the_ends(consumer: Consumer, ends: int) -> Iterator[Message]:
    while ends:
        message = consumer.poll(_SECONDS)
        if message is None:
            raise TimeoutError(f"neither a record nor an end came within {_SECONDS:.0f} s")
        error = message.error()
        if error is not None and error.code() == KafkaError._PARTITION_EOF:
            ends -= 1
        elif error is not None:
            raise KafkaException(error)
        else:
            named = dict(message.headers() or ())
            headers = tuple((str(name), _bytes(value)) for name, value in named.items())
            key = message.key()
            place = message.topic() or ""
            yield Message(place, None if key is None else _bytes(key), _bytes(message.value()), headers)


def _bytes(said: bytes | str | None) -> bytes:
    return said.encode() if isinstance(said, str) else said or b""
