"""Every text of the pages has its Vietnamese, and templates fail on a name that they were not given."""

from pathlib import Path
from uuid import UUID

import pytest
from babel.messages.extract import extract_from_dir
from jinja2 import UndefinedError

from builders import NOW
from case_builders import book
from schemas.facts import IdentifierKind
from services import console
from services.console.api.places import place_in, text_of
from services.console.look.pages import Pages, environment
from services.console.look.translations import catalogue
from services.console.model.board import Place

FOLDER = Path(console.__file__).parent
METHODS = [("web/templates/**.html", "jinja2")]
OPTIONS = {"web/templates/**.html": {"extensions": "jinja2.ext.i18n,jinja2.ext.do", "trimmed": "true"}}


def test_no_text_is_without_its_translation_and_no_translation_without_its_text() -> None:
    found = extract_from_dir(str(FOLDER), METHODS, OPTIONS)
    texts = {message[0] if isinstance(message, tuple) else message for _, _, message, _, _ in found}
    translated = catalogue()

    known = {one.id[0] if isinstance(one.id, tuple) else one.id for one in translated if one.id}
    assert texts == known
    assert [one.id for one in translated if one.id and (one.fuzzy or not one.string)] == []


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_kind_of_identifier_has_a_name(language: str) -> None:
    words = Pages.load(book(), lambda: NOW).words("en" if language == "en" else "vi")

    assert all(words.identifier(kind) for kind in IdentifierKind)


def test_a_field_that_an_event_does_not_have_is_empty_and_a_name_that_was_not_given_is_an_error() -> None:
    made = environment("en")

    assert made.from_string("[{{ data.nothing }}{% if data.nothing %}x{% endif %}]").render(data={}) == "[]"
    with pytest.raises(UndefinedError):
        made.from_string("{{ nothing }}").render()
    with pytest.raises(UndefinedError):
        made.from_string("{% if nothing %}x{% endif %}").render()


def test_what_people_wrote_is_shown_as_text_and_never_as_markup() -> None:
    shown = environment("vi").from_string("{{ said }}").render(said="<script>alert(1)</script>")

    assert "<script>" not in shown


def test_the_place_of_a_page_survives_its_address_and_a_mistyped_one_is_the_first_page() -> None:
    place = Place(NOW, UUID(int=7))

    assert place_in(text_of(place)) == place
    assert [place_in(text) for text in ("", "x", "!!!", text_of(place)[3:])] == [None] * 4
