"""What makes a payload a published message: its kind, version and labels, and the registry that finds it by type."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import ClassVar

from schemas.classification import Classification, DataCategory
from schemas.envelope import Payload
from schemas.facts import UnitCode
from schemas.views import View


class EventData(Payload):
    """Data of a fact. `KIND` is `<aggregate>.<past tense>`; the aggregate names the topic."""

    KIND: ClassVar[str]
    MAJOR: ClassVar[int] = 1
    MINOR: ClassVar[int] = 0
    CLASSIFICATION: ClassVar[Classification] = Classification.INTERNAL
    CATEGORY: ClassVar[DataCategory] = DataCategory.NONE

    holder: UnitCode | None = None
    """The unit to contact about the record; all that a pointer tells."""

    @classmethod
    def type_name(cls) -> str:
        """The CloudEvents type, major version included."""
        return f"vn.phoihop.{cls.KIND}.v{cls.MAJOR}"

    @classmethod
    def aggregate(cls) -> str:
        """The aggregate that the type is named after."""
        return cls.KIND.partition(".")[0]

    def record(self) -> str:
        """The aggregate that this very event is about, whose topic carries it."""
        return self.aggregate()


class CommandData(Payload):
    """Data of a request to act. `KIND` is imperative; `OWNER` is the service that decides."""

    KIND: ClassVar[str]
    OWNER: ClassVar[str]
    MAJOR: ClassVar[int] = 1
    MINOR: ClassVar[int] = 0

    @classmethod
    def type_name(cls) -> str:
        """The CloudEvents type, major version included."""
        return f"vn.phoihop.command.{cls.KIND}.v{cls.MAJOR}"

    def addressed(self) -> str | None:
        """The id of the aggregate that the command is about, which keys the inbound topic; None where it makes one."""
        return None


Message = type[EventData] | type[CommandData]


def schema_urn(message: Message, view: View) -> str:
    """The `dataschema` of a message as one view shows it, which is the `$id` of the schema published for it."""
    return f"urn:phoihop:schema:{message.type_name()}:{message.MAJOR}.{message.MINOR}:{view.word}"


def registry(messages: Iterable[Message]) -> Mapping[str, Message]:
    """Type name to class; raises ValueError where two classes claim one type."""
    found: dict[str, Message] = {}
    for message in messages:
        if found.setdefault(message.type_name(), message) is not message:
            text = f"two messages claim the type {message.type_name()}"
            raise ValueError(text)
    return MappingProxyType(found)
