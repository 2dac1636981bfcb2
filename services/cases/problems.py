"""Why cases refuses: the types of the catalogue, told for what went wrong here, with what to do next."""

from datetime import datetime, timedelta, timezone

from schemas.problems import CLAIM_LOST, FORBIDDEN, NOT_COMPETENT, NOT_FOUND, UNKNOWN_CODE, WRONG_STATE, Problem
from services.cases.model.denial import Denial

OUTCOME_UNKNOWN = UNKNOWN_CODE.problem(
    "Mã kết quả không có trong bảng outcomes đang hiệu lực. Hãy chọn một mã trong bảng.",
    "The outcome is not in force. Choose a code of the sheet outcomes.",
)
_DENIALS = {
    Denial.UNKNOWN: NOT_FOUND.problem(
        "Không có vụ việc này, hoặc đơn vị không được biết. Hãy kiểm tra mã vụ việc.",
        "There is no such case, or none that your unit may know. Check the case's id.",
    ),
    Denial.NOT_COMPETENT: NOT_COMPETENT.problem(),
    Denial.NOT_CLAIMED: WRONG_STATE.problem(
        "Vụ việc chưa có đơn vị thụ lý nên chưa đóng được. Hãy thụ lý trước.",
        "No unit has claimed the case, so it cannot be closed. Claim it first.",
    ),
    Denial.NOT_HOLDER: FORBIDDEN.problem(
        "Chỉ đơn vị đang thụ lý mới đóng được vụ việc. Hãy liên hệ đơn vị đó.",
        "Only the unit that leads the case may close it. Contact that unit.",
    ),
    Denial.ALREADY_HELD: WRONG_STATE.problem(
        "Đơn vị của bạn đang thụ lý vụ việc này rồi; không cần làm gì thêm.",
        "Your unit leads this case already; nothing more is needed.",
    ),
    Denial.CLOSED: WRONG_STATE.problem(
        "Vụ việc đã đóng và không mở lại. Dấu hiệu mới về cùng đối tượng sẽ thành vụ việc mới.",
        "The case is closed and is not reopened. A new signal on the same subject becomes a new case.",
    ),
}
_VIETNAM = timezone(timedelta(hours=7))


def denied(why: Denial) -> Problem:
    """The problem for a denial."""
    return _DENIALS[why]


def claim_lost(won_by: str, won_at: datetime) -> Problem:
    """Another unit was first: which, and when by Vietnam's clock to the second."""
    when = won_at.astimezone(_VIETNAM)
    return CLAIM_LOST.problem(
        f"Đơn vị {won_by} đã thụ lý lúc {when:%H:%M:%S ngày %d/%m/%Y}. Hãy phối hợp với đơn vị đó.",
        f"{won_by} claimed it at {when.isoformat(timespec='seconds')}. Take part as a co-handler of that unit.",
    )
