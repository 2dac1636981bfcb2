"""How much of an event one unit may see, from nothing to everything."""

from enum import IntEnum


class View(IntEnum):
    """Ordered from narrow to wide, so that `min` of two views is the narrower one."""

    NONE = 0
    """Not even that the record exists."""
    POINTER = 1
    """That a record exists and whom to contact."""
    STATUS = 2
    """How far a record has come that its reader handed on; a reading gives it, an audience never does."""
    FIELDS = 3
    """Which kinds of facts there are, without personal values or free text."""
    FULL = 4
    """Everything, personal values opened."""

    @property
    def word(self) -> str:
        """The lower-case word that travels in headers and schema names."""
        return self.name.lower()

    @classmethod
    def of(cls, word: str) -> "View":
        """The view that a word names; raises ValueError on any other word."""
        try:
            return cls[word.upper()]
        except KeyError:
            message = f"unknown view {word!r}: use one of {', '.join(v.word for v in cls)}"
            raise ValueError(message) from None

    @classmethod
    def granted(cls, word: str) -> "View":
        """The view that a word in an audience names; raises ValueError on `status` too, which none may grant."""
        found = cls.of(word)
        if found not in GRANTABLE:
            message = f"an audience grants no view `{found.word}`: it is given at reading alone"
            raise ValueError(message)
        return found


GRANTABLE = (View.NONE, View.POINTER, View.FIELDS, View.FULL)
"""The views that an audience may name, the narrowest first."""
