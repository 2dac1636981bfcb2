"""What a tip, a signal and a case say about the world: facts in clear, and the personal part that is sealed."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, GetJsonSchemaHandler, StringConstraints
from pydantic_core import core_schema

UnitCode = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,47}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,48}$")]
ShortText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
LongText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=8000)]

FULL_ONLY = "x-full-only"
"""The key under which a JSON Schema marks a field of the view `full`."""


class FullOnly:
    """Marks a field that only the view `full` shows; `fields` leaves it out, and its JSON Schema does too."""

    def __get_pydantic_json_schema__(
        self, core: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """The field's schema with the mark that the generator of view schemas reads."""
        return {**handler(core), FULL_ONLY: True}


class Fact(BaseModel):
    """Base of every published model: frozen, and deaf to fields that a later minor version adds."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class IdentifierKind(StrEnum):
    """Kinds of identifiers, in the words of the published schema."""

    TAX_CODE = "tax_code"
    IMPORTER_ID = "importer_id"
    CITIZEN_NUMBER = "citizen_number"
    ACCOUNT = "account"
    PHONE = "phone"
    SHOP = "shop"
    SITE = "site"
    SOCIAL = "social"
    EMAIL = "email"
    WAYBILL = "waybill"
    PLATE = "plate"
    CONTAINER = "container"
    DECLARATION = "declaration"
    INVOICE = "invoice"
    VESSEL = "vessel"
    GTIN = "gtin"
    REGISTRATION = "registration"
    """The number under which a product, an advertisement or a file about them was declared."""


SENSITIVE_KINDS = frozenset({IdentifierKind.ACCOUNT})
"""Sensitive personal data by Law 91/2025/QH15 and Decree 356/2025/NĐ-CP: bank accounts."""


class Identifier(Fact):
    """One identifier as it was given; its kind says how it is compared."""

    kind: IdentifierKind
    value: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]


class Evidence(Fact):
    """A file that shows something, by its hash: where it was found, when and by whom it was captured."""

    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    source_url: Annotated[str, StringConstraints(pattern=r"^[!-~]{1,2000}$")] | None = None
    captured_at: AwareDatetime | None = None
    captured_by: ShortText | None = None


class PersonalFacts(Fact):
    """The part of a dossier that concerns identifiable people; always sealed under the dossier's key."""

    identifiers: tuple[Identifier, ...] = ()
    names: tuple[ShortText, ...] = ()
    address: ShortText | None = None
    narrative: LongText | None = None
    evidence: tuple[Evidence, ...] = ()

    @property
    def sensitive(self) -> bool:
        """Whether it holds identifiers that the law calls sensitive."""
        return any(identifier.kind in SENSITIVE_KINDS for identifier in self.identifiers)


class Goods(Fact):
    """One kind of goods. Money is whole dong. What is said of it are values: `fields` tells only that it was said."""

    description: Annotated[ShortText, FullOnly()]
    hs_code: Annotated[Annotated[str, StringConstraints(pattern=r"^\d{4,10}$")] | None, FullOnly()] = None
    quantity: Annotated[Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=4)] | None, FullOnly()] = None
    quantity_unit: Annotated[Annotated[str, StringConstraints(max_length=20)] | None, FullOnly()] = None
    value_vnd: Annotated[Annotated[int, Field(ge=0)] | None, FullOnly()] = None


class Place(Fact):
    """Where it happened: a province of the 34, a ward where known, and what kind of place it is."""

    province: Annotated[str, StringConstraints(pattern=r"^\d{2}$")] | None = None
    ward: Annotated[str, StringConstraints(pattern=r"^\d{5}$")] | None = None
    place_type: Code | None = None
    text: Annotated[ShortText | None, FullOnly()] = None


class Facts(Fact):
    """Facts in clear. Codes are those of `reference/`; `identifier_kinds` tells which values are sealed."""

    stages: tuple[Code, ...] = ()
    typology: tuple[Code, ...] = ()
    place: Place | None = None
    found_by: Code | None = None
    goods: tuple[Goods, ...] = ()
    platform: Code | None = None
    courier: Code | None = None
    seen_from: AwareDatetime | None = None
    seen_to: AwareDatetime | None = None
    identifier_kinds: tuple[IdentifierKind, ...] = ()


def latest_sight(facts: Facts, otherwise: datetime) -> datetime:
    """The moment at which the act was last seen, for choosing the rule in force at the act's date."""
    return facts.seen_to or facts.seen_from or otherwise
