"""Random words of a tip that occur nowhere else, and their search in whatever a process or a door gave away."""

import html
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import quote
from uuid import UUID

LETTERS = "bcdfghklmnpqrstvx"


@dataclass(frozen=True, slots=True)
class Words:
    """Makes marks from a seed: letters and digits that no template, reference sheet or other test contains."""

    random: Random

    def word(self) -> str:
        """A word to put into a text."""
        return "zq" + "".join(self.random.choices(LETTERS, k=12))

    def digits(self, count: int, first: str = "9") -> str:
        """A number that begins with these digits."""
        return first + "".join(self.random.choices("0123456789", k=count - len(first)))


@dataclass(frozen=True, slots=True)
class Marks:
    """What must not be found, by what it is. `ids` are those that the bus gave, `words` those that the test chose."""

    name: str
    words: dict[str, str]
    ids: dict[str, str] = field(default_factory=dict)

    def know(self, **ids: str | UUID | None) -> None:
        """Add ids and numbers that the bus gave."""
        self.ids.update({what: str(id_) for what, id_ in ids.items() if id_ is not None})

    def give_away(self, what: str) -> str:
        """The word, which marks nothing any more: another record is about to bear it too."""
        return self.words.pop(what)

    def found_in(self, text: bytes) -> list[str]:
        """What of this tip the bytes contain, in any of the ways in which the doors write texts."""
        every = {**self.words, **self.ids}
        return [f"{self.name}: {what}" for what, mark in every.items() if any(form in text for form in _forms(mark))]


def _forms(mark: str) -> Iterator[bytes]:
    """As it stands, as JSON and HTML and addresses write it, and the parts by which it could be known again."""
    for form in {mark, json.dumps(mark)[1:-1], html.escape(mark), quote(mark, safe="")}:
        yield form.encode()
    if "/" in mark:
        yield mark.rpartition("/")[2].encode()
    if len(mark) == 36 and mark.count("-") == 4:
        yield mark.replace("-", "").encode()


def a_form(words: Words, name: str, subject: str | None = None) -> tuple[dict[str, Any], Marks]:
    """A tip with a mark in every place where a form takes text or a number, and its marks.

    `subject`, where given, is an identifier that other tips have too, so it is no mark of this one.
    """
    said = {
        place: words.word()
        for place in ("content", "informant_name", "organisation", "goods", "place_text", "person", "shop", "address")
    }
    said |= {"narrative": words.word(), "recording": words.word(), "unit_of_quantity": words.word()}
    said |= {"phone": words.digits(10, "09"), "value": words.digits(8, "1"), "quantity": words.digits(9)}
    if subject is None:
        said["tax_code"] = words.digits(10)
    form = {
        "content": f"Người dân báo: {said['content']} bán hàng giả.",
        "informant": {"name": said["informant_name"], "organisation": said["organisation"], "phone": said["phone"]},
        "facts": _facts(said),
        "details": _details(said, subject or said["tax_code"]),
    }
    return form, Marks(name, said)


def _facts(said: Mapping[str, str]) -> dict[str, Any]:
    """Counterfeits below the criminal floor in a warehouse of Ho Chi Minh City: qltt-79 leads beside ca-79."""
    goods = {
        "description": said["goods"],
        "value_vnd": int(said["value"]),
        "quantity": said["quantity"],
        "quantity_unit": said["unit_of_quantity"],
    }
    place = {"province": "79", "place_type": "warehouse", "text": said["place_text"]}
    return {"stages": ["luu_kho"], "typology": ["HG-NB"], "place": place, "goods": [goods]}


def _details(said: Mapping[str, str], tax_code: str) -> dict[str, Any]:
    return {
        "identifiers": [{"kind": "tax_code", "value": tax_code}, {"kind": "social", "value": said["shop"]}],
        "names": [said["person"]],
        "address": said["address"],
        "narrative": said["narrative"],
    }
