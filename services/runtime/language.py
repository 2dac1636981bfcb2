"""Which of the two languages a reader asked for: Vietnamese unless English is clearly preferred."""

from typing import Literal

Language = Literal["vi", "en"]


def language(accept: str | None) -> Language:
    """The language of an Accept-Language header; `vi` when it is absent, unreadable or asks for neither."""
    weights = {"vi": 0.0, "en": 0.0}
    for item in (accept or "").split(","):
        tag, _, parameters = item.partition(";")
        primary = tag.strip().lower().partition("-")[0]
        if primary in weights:
            weights[primary] = max(weights[primary], _weight(parameters))
    return "en" if weights["en"] > weights["vi"] else "vi"


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0
