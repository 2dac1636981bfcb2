"""Where a page of the list ends, as a word in an address."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from uuid import UUID

from services.console.model.board import Place

_BETWEEN = "~"


def text_of(place: Place | None) -> str:
    """The place as a word; empty where there is none."""
    if place is None:
        return ""
    plain = f"{place.touched.isoformat()}{_BETWEEN}{place.case_id}"
    return urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def place_in(text: str) -> Place | None:
    """The place that a word names, or None: a word that was mistyped begins at the first page."""
    try:
        plain = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
        touched, _, case_id = plain.partition(_BETWEEN)
        return Place(datetime.fromisoformat(touched), UUID(case_id))
    except ValueError:
        return None
