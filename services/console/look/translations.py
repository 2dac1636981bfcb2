"""The texts of the pages in two languages: English in the templates, Vietnamese in `locale/vi/LC_MESSAGES`."""

import io
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from services.runtime.language import Language

DOMAIN = "console"


def catalogue() -> Catalog:
    """The Vietnamese catalogue as it was written."""
    text = files("services.console").joinpath(f"locale/vi/LC_MESSAGES/{DOMAIN}.po").read_bytes()
    return read_po(io.BytesIO(text), locale="vi", domain=DOMAIN, abort_invalid=True)


def translations(language: Language) -> NullTranslations:
    """The translations into a language. The catalogue is compiled here, so that no compiled copy can be stale."""
    if language == "en":
        return NullTranslations()
    compiled = io.BytesIO()
    write_mo(compiled, catalogue())
    compiled.seek(0)
    return GNUTranslations(compiled)
