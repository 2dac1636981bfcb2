"""What intake says where an address and a code of one place meet."""

from datetime import datetime

from schemas.facts import latest_sight
from schemas.problems import MALFORMED, Problem
from schemas.reference.validity import vietnam_date
from services import routing
from services.intake.forms import TipEnter
from services.intake.office import Office
from services.routing import Placed


def with_place(command: TipEnter, now: datetime, office: Office) -> tuple[TipEnter, Placed]:
    """The entry with the codes of its address; where code and address differ it stays as it was told.

    A tip is never refused for that: the desk sees it in the answer, and has to decide when it forwards.
    """
    form = command.form
    at = vietnam_date(latest_sight(form.facts, form.received_at or now))
    placed = routing.placed(form.facts, at, office.places)
    return command.model_copy(update={"form": form.model_copy(update={"facts": placed.facts})}), placed


def place_differs(placed: Placed) -> Problem:
    """The code stated and the unit that the address names are different places; names the latter by its code."""
    found = placed.found
    code = (found.ward_code or found.province_code) if found else None
    return MALFORMED.problem(
        f"Địa chỉ thuộc đơn vị có mã {code}, khác với mã đã ghi. Hãy sửa địa chỉ hoặc mã, hay để trống mã.",
        f"The address lies in the unit {code}, not in the one whose code is stated. Correct the address or the code, "
        "or leave the code out.",
    )


def placed_words(placed: Placed) -> dict[str, str]:
    """What an answer tells of the address: how far it was resolved, the codes found, and an abolished unit's name.

    Nothing where a text names no province and a code says it: such a text (`Kho 3, cảng …`) only adds to the code.
    """
    found, place = placed.found, placed.facts.place
    if found is None or (found.province is None and place is not None and place.province is not None):
        return {}
    words = {"place": "conflict" if placed.conflict else found.status.value, "place_certainty": found.certainty.value}
    named = {"province": found.province_code, "ward": found.ward_code, "abolished": found.old and found.old.name}
    return words | {f"place_{key}": value for key, value in named.items() if value}
