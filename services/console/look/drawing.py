"""The words of the drawn timeline in either language."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from types import MappingProxyType

from babel.dates import format_date

from services.console.look.lanes import lane, ordered
from services.console.look.words import Words
from services.console.model.seen import Seen
from services.console.model.sheet import Sheet
from services.console.timeline.days import vietnam
from services.console.timeline.figures import Figures, Mark, Shape
from services.console.timeline.story import HIDDEN, story
from services.console.timeline.svg import svg
from services.console.timeline.texts import Texts
from services.console.timeline.window import Window
from services.runtime.language import Language

_LABELS: Mapping[str, Mapping[Language, str]] = MappingProxyType(
    {
        "case.proposed.tip": {"vi": "Đề xuất từ tin báo", "en": "Proposed from a tip"},
        "case.proposed.signal": {"vi": "Đề xuất từ dấu hiệu", "en": "Proposed from a signal"},
        "case.signal_added.tip": {"vi": "Thêm tin báo", "en": "Tip added"},
        "case.signal_added.signal": {"vi": "Thêm dấu hiệu", "en": "Signal added"},
        "case.claimed": {"vi": "Thụ lý", "en": "Claimed"},
        "case.claim_lost": {"vi": "Thụ lý sau", "en": "Claim came second"},
        "case.closed": {"vi": "Kết thúc", "en": "Closed"},
        HIDDEN: {"vi": "1 bản ghi bị che", "en": "1 record, hidden"},
    }
)
_BEHIND_A_LOCK = MappingProxyType({"vi": "{label}, bị che", "en": "{label}, hidden"})


def _vietnamese(month: date, with_year: bool) -> str:  # noqa: FBT001 - the shape of `Texts.month`
    return f"Tháng {month.month} {month.year}" if with_year else f"Tháng {month.month}"


def _english(month: date, with_year: bool) -> str:  # noqa: FBT001 - the shape of `Texts.month`
    return format_date(month, "MMMM y" if with_year else "MMMM", locale="en")


_TEXTS: Mapping[Language, Texts] = MappingProxyType(
    {
        "vi": Texts(
            title="Dòng thời gian theo đơn vị; danh sách bên dưới có cùng nội dung",
            now="Bây giờ",
            holiday="lễ",
            weekdays=("T2", "T3", "T4", "T5", "T6", "T7", "CN"),
            month=_vietnamese,
            more=lambda n: f"và {n} sự kiện nữa",
        ),
        "en": Texts(
            title="Timeline by unit; the list below has the same content",
            now="Now",
            holiday="hol.",
            weekdays=("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"),
            month=_english,
            more=lambda n: f"and {n} more events",
        ),
    }
)


def texts_of(language: Language) -> Texts:
    """What the drawing itself says in a language."""
    return _TEXTS[language]


def drawn(seen: Sequence[Seen], sheet: Sheet, window: Window, now: datetime, words: Words) -> str:
    """The picture of what a viewer sees of a case within a window."""
    told = story(seen)
    figures = Figures(
        lanes=[lane(code, sheet, words) for code in ordered(told.lanes, words)],
        marks=[replace(mark, label=_label(mark, words.language)) for mark in told.marks],
        links=told.links,
        spans=told.spans,
    )
    return svg(figures, window, now, vietnam(window.years()), texts_of(words.language))


def _label(mark: Mark, language: Language) -> str:
    # A kind that this release has no words for is still an event: it is drawn under its own name.
    label = _LABELS[mark.label][language] if mark.label in _LABELS else mark.label
    locked = mark.shape is Shape.POINTER and mark.label != HIDDEN
    return _BEHIND_A_LOCK[language].format(label=label) if locked else label
