"""Templates and what they may call."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from jinja2 import Environment, PackageLoader, Template, Undefined
from jinja2.utils import missing

from schemas.reference.book import ReferenceBook
from schemas.reference.validity import vietnam_date
from schemas.views import View
from services.console.look.ages import working_days
from services.console.look.days import by_day, place_of
from services.console.look.translations import translations
from services.console.look.words import Words, clock_second, clock_time, local
from services.console.model.board import Tab
from services.console.model.sight import State
from services.console.timeline.window import Zoom
from services.runtime.language import Language


@dataclass(frozen=True, slots=True)
class Pages:
    """Renders templates in either language."""

    book: ReferenceBook
    clock: Callable[[], datetime]
    environments: Mapping[Language, Environment]

    @classmethod
    def load(cls, book: ReferenceBook, clock: Callable[[], datetime]) -> "Pages":
        """The templates that ship, with their translations."""
        languages: tuple[Language, ...] = ("vi", "en")
        return cls(book, clock, MappingProxyType({language: environment(language) for language in languages}))

    def render(self, template: str, language: Language, **values: Any) -> str:
        """A template as text, everything in it escaped."""
        return self._rendered(self.environments[language].get_template(template), language, values)

    def fragment(self, template: str, language: Language, **values: Any) -> str:
        """A part of a page by itself, with the macros that the whole page would have given it."""
        text = f'{{% import "parts.html" as parts with context %}}{{% include "{template}" %}}'
        return self._rendered(self.environments[language].from_string(text), language, values)

    def words(self, language: Language) -> Words:
        """What codes are called today."""
        return Words(self.book, language, vietnam_date(self.clock()))

    def _rendered(self, template: Template, language: Language, values: Mapping[str, Any]) -> str:
        words = self.words(language)
        return template.render(
            language=language, words=words, now=self.clock(), identifier=words.identifier, agency_name=named, **values
        )


def named(words: Words, agency: str) -> str:
    """The name of an agency."""
    return words.force(agency)


class Absent(Undefined):
    """A field that an event does not have is empty; a name that a template was not given is an error, never a blank."""

    def __bool__(self) -> bool:
        """False for a field that is not there."""
        self._known()
        return False

    def __str__(self) -> str:
        """Nothing for a field that is not there."""
        self._known()
        return ""

    def __iter__(self) -> Iterator[object]:
        """Nothing for a field that is not there."""
        self._known()
        return iter(())

    def _known(self) -> None:
        if self._undefined_obj is missing:
            self._fail_with_undefined_error()


def environment(language: Language) -> Environment:
    """The templates of one language; see `Absent` for what they are not given."""
    made = Environment(
        loader=PackageLoader("services.console", "web/templates"),
        autoescape=True,
        undefined=Absent,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    made.policies["ext.i18n.trimmed"] = True
    # The extension adds these methods to the class, so no type knows them.
    made.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined] # added at run time
    made.filters.update(clock_time=clock_time, clock_second=clock_second, local=local, by_day=by_day, place_of=place_of)
    made.filters.update(working_days=working_days)
    made.globals.update(
        View=View, State=State, Tab=Tab, Zoom=Zoom, instant=datetime.fromisoformat, day=date.fromisoformat
    )
    return made
