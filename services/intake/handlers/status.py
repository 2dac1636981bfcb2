"""What an informant is told by receipt. No text names an agency, a unit or a person."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel

from bus.errors import Refused
from services.intake import problems
from services.intake.model import Shown
from services.intake.receipt import MistypedReceiptError, Receipt
from services.intake.repository import tips

TEXTS: Mapping[Shown, tuple[str, str]] = MappingProxyType(
    {
        Shown.RECEIVED: (
            "Tin báo đã được tiếp nhận và đang được xem xét.",
            "Your report has been received and is being looked at.",
        ),
        Shown.REFUSED: (
            "Tin báo không được tiếp tục xử lý theo Quy chế tiếp nhận tin báo.",
            "Your report will not be taken further, under the Regulation on receiving reports.",
        ),
        Shown.ADVISED: (
            "Nội dung không thuộc phạm vi xử lý; bạn đã được hướng dẫn nơi cần liên hệ.",
            "The matter is outside the scope of this service; you have been told where to turn.",
        ),
        Shown.FORWARDED: (
            "Tin báo đã được chuyển đến cơ quan có thẩm quyền.",
            "Your report has been passed to the competent authority.",
        ),
        Shown.FINISHED: (
            "Vụ việc liên quan đến tin báo đã được xử lý xong.",
            "The matter that your report concerns has been concluded.",
        ),
    }
)


class StatusAnswer(BaseModel):
    """Where the tip stands, in words for its informant, and since when."""

    status: Shown
    vi: str
    en: str
    since: datetime


async def status_by_receipt(typed: str, raw: Any) -> StatusAnswer:
    """The status of the tip that the receipt belongs to.

    Raises Refused: mistyped where the check character does not fit, unknown where it does but no tip has it. Both
    kinds of known and unknown receipts cost one look-up of a hash, so time tells nothing.
    """
    try:
        receipt = Receipt.read(typed)
    except MistypedReceiptError as error:
        raise Refused(problems.RECEIPT_MISTYPED, "/receipt") from error
    found = await tips.status(raw, receipt.hash)
    if found is None:
        raise Refused(problems.RECEIPT_UNKNOWN, "/receipt")
    shown, since = found
    vi, en = TEXTS[shown]
    return StatusAnswer(status=shown, vi=vi, en=en, since=since)
