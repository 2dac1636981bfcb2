"""The shipped tables of places as a gazetteer that is read on first use: who meets no address never pays for it."""

from functools import cached_property
from pathlib import Path

from schemas.identifiers.address.gazetteer import Gazetteer
from schemas.reference.places.sheets import load


class Atlas:
    """Knows a reference folder. Calling it gives the gazetteer; the first call reads the tables (about half a second).

    That call raises ReferenceProblemsError where a row cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self) -> Gazetteer:
        """The gazetteer, the same one every time."""
        return self._read

    @cached_property
    def _read(self) -> Gazetteer:
        return Gazetteer.of(load(self._folder))
