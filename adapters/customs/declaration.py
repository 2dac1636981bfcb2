"""One import declaration as the customs system tells it, strict in what the adapter uses and deaf to the rest."""

from datetime import date
from decimal import Decimal
from enum import IntEnum
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]


def _blank(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


Optional = Annotated[Text | None, BeforeValidator(_blank)]


class Mark(IntEnum):
    """What the risk engine found: column `Critical Fraud`. A declaration without fraud has 0."""

    NONE = 0
    FRAUD = 1
    CRITICAL = 2


class Declaration(BaseModel):
    """Columns by their published names. `dated` is the date as published, `moved` the one that the system now gives."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,60}$")] = Field(alias="Declaration ID")
    dated: date = Field(alias="Date")
    moved: date = Field(alias="Moved Date")
    office: Text = Field(alias="Office ID")
    importer: Optional = Field(alias="Importer ID")
    seller: Optional = Field(default=None, alias="Seller ID")
    courier: Optional = Field(default=None, alias="Courier ID")
    hs6: Annotated[str, StringConstraints(pattern=r"^\d{6}$")] = Field(alias="HS6 Code")
    origin: Optional = Field(default=None, alias="Country of Origin")
    departure: Optional = Field(default=None, alias="Country of Departure")
    net_mass: Annotated[Decimal, Field(ge=0, lt=10**14)] = Field(alias="Net Mass")
    goods: Annotated[str | None, StringConstraints(max_length=300), BeforeValidator(_blank)] = Field(
        default=None, alias="Goods Description"
    )
    fraud: Annotated[int, Field(ge=0, le=1)] = Field(alias="Fraud")
    critical: Mark = Field(alias="Critical Fraud")

    @classmethod
    def of(cls, row: object) -> Self:
        """The declaration in a row; raises ValueError naming the first column that is wrong."""
        try:
            return cls.model_validate(row)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False, include_context=False)[0]
            column = ".".join(str(part) for part in first["loc"]) or "the row"
            raise ValueError(f"{column}: {first['msg']}") from None

    @property
    def flagged(self) -> bool:
        """Whether the risk engine marked it as fraud."""
        return self.fraud == 1
