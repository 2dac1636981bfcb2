"""Settings of the customs adapter, beside those of every adapter."""

from pydantic import Field

from adapters.sdk.settings import AdapterSettings

SOURCE = "customs-standin"
"""The customs system in `services.json`."""
TOKEN = "customs-standin-token"  # noqa: S105 - the name of the secret's file
"""The secret with which the adapter asks it."""


class CustomsSettings(AdapterSettings):
    """How the customs system is read; `PHOIHOP_CUSTOMS_…`."""

    customs_page: int = Field(default=500, ge=1, le=1000, description="declarations a page")
    customs_every: float = Field(default=2.0, gt=0, description="seconds between two looks for new declarations")
    customs_timeout: float = Field(default=15.0, gt=0, description="seconds that one answer may take")
