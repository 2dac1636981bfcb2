"""The end of a dossier's personal values, published by the service that owns the dossier."""

from enum import StrEnum
from typing import ClassVar

from pydantic import AwareDatetime

from schemas.classification import Classification
from schemas.facts import ShortText
from schemas.messages import EventData


class DossierKind(StrEnum):
    """What has a key of its own."""

    TIP = "tip"
    SIGNAL = "signal"
    CASE = "case"


class Ground(StrEnum):
    """Why personal values end."""

    REQUEST = "request"
    """The person concerned asked for it, and no law stood against it."""
    RETENTION = "retention"
    """The time for which the law lets them be kept is over."""


class DossierErased(EventData):
    """The key of this dossier is destroyed: what it sealed can be opened by nobody, wherever a copy lies.

    Who holds opened values of it destroys them too, and has done so once it has read past this event. It is an event of
    the dossier itself, so it stands in the order of the tip, signal or case whose id is its subject.
    """

    KIND = "dossier.erased"
    CLASSIFICATION: ClassVar = Classification.CONFIDENTIAL
    dossier: DossierKind
    ground: Ground
    basis: ShortText
    erased_at: AwareDatetime

    def record(self) -> str:
        """The aggregate that was erased: its topic carries this event."""
        return self.dossier.value
