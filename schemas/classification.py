"""Labels that decide how an event may be handled. An unknown label is refused, never guessed."""

from enum import StrEnum
from typing import Any


class Classification(StrEnum):
    """The CloudEvents data classification extension; shown in Vietnamese beside each value."""

    PUBLIC = "public"
    """công khai"""
    INTERNAL = "internal"
    """nội bộ"""
    CONFIDENTIAL = "confidential"
    """hạn chế"""
    RESTRICTED = "restricted"
    """hạn chế đặc biệt"""

    @classmethod
    def strictest(cls, *labels: "Classification") -> "Classification":
        """The label that lets the fewest see; what comes of an event is never labelled lower than the event."""
        return max(labels, key=list(cls).index)


class DataCategory(StrEnum):
    """Personal data carried, in the sense of Law 91/2025/QH15."""

    NONE = "none"
    BASIC = "basic"
    SENSITIVE = "sensitive"

    @classmethod
    def highest(cls, *categories: "DataCategory") -> "DataCategory":
        """The category that asks for the most care."""
        return max(categories, key=list(cls).index)


class Secrecy(StrEnum):
    """Levels of Law 117/2025/QH15. Content so marked never travels: only its document number and holder do."""

    MAT = "mat"
    TOI_MAT = "toi_mat"
    TUYET_MAT = "tuyet_mat"


SECRECY = "secrecy"
"""The member that marks content, whatever its value: a level that is not known is no reason to carry it."""


def bears_secrecy(value: Any) -> bool:
    """Whether JSON content is marked with a secrecy level anywhere in it, so that no door may take it."""
    pending = [value]
    while pending:
        found = pending.pop()
        if isinstance(found, dict):
            if found.get(SECRECY) is not None:
                return True
            pending.extend(found.values())
        elif isinstance(found, list):
            pending.extend(found)
    return False
