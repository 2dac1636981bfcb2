"""Labels that decide how an event may be handled. An unknown label is refused, never guessed."""

from enum import StrEnum


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


class DataCategory(StrEnum):
    """Personal data carried, in the sense of Law 91/2025/QH15."""

    NONE = "none"
    BASIC = "basic"
    SENSITIVE = "sensitive"


class Secrecy(StrEnum):
    """Levels of Law 117/2025/QH15. Content so marked never travels: only its document number and holder do."""

    MAT = "mat"
    TOI_MAT = "toi_mat"
    TUYET_MAT = "tuyet_mat"
