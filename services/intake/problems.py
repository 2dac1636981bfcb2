"""Why intake refuses: the types of the catalogue, told for what went wrong here, with what to do next."""

from schemas.problems import (
    ERASED,
    FORBIDDEN,
    INTEGRITY_ONLY,
    MALFORMED,
    NO_RULE,
    NOT_FOUND,
    UNKNOWN_CODE,
    UNKNOWN_RECEIPT,
    WEB_CHANNEL_OFF,
    WRONG_STATE,
    Problem,
)
from services.intake.model import TipState
from services.policy import Decision

TIP_UNKNOWN = NOT_FOUND.problem(
    "Đơn vị không có tin báo này. Hãy kiểm tra mã tin báo.",
    "Your unit has no such tip. Check the tip's id.",
)
TIP_ERASED = ERASED.problem(
    "Dữ liệu cá nhân của tin báo này đã bị xóa theo pháp luật nên không thể xử lý tiếp. Việc mới cần một tin báo mới.",
    "The personal values of this tip were erased by law, so nothing more is done with it. A new matter is a new tip.",
)
SIGNAL_ERASED = ERASED.problem(
    "Dấu hiệu này đã bị xóa trước khi được ghi nhận nên không được công bố. Việc mới cần một dấu hiệu mới.",
    "This signal was erased before it was taken in, so it is not published. A new matter is a new signal.",
)
DOSSIER_UNKNOWN = NOT_FOUND.problem(
    "Đơn vị không phụ trách hồ sơ nào có mã này. Hãy kiểm tra mã hồ sơ.",
    "Your unit answers for no dossier of this id. Check the id.",
)
LINK_UNKNOWN = NOT_FOUND.problem(
    "Đơn vị không có tin báo được nêu để liên kết. Hãy kiểm tra mã của tin báo có trước.",
    "Your unit has no tip of the id given in linked_to. Check the id of the earlier tip.",
)
LINK_TO_ITSELF = MALFORMED.problem(
    "Không thể liên kết tin báo với chính nó. Hãy nêu tin báo có trước.",
    "A tip cannot be linked to itself. Name the earlier tip in linked_to.",
)
LIST_UNKNOWN = NOT_FOUND.problem(
    "Đơn vị không có danh sách này. Hãy kiểm tra mã danh sách.",
    "Your unit imported no such list. Check the list's id.",
)
REFUSAL_CODE_UNKNOWN = UNKNOWN_CODE.problem(
    "Căn cứ từ chối không có trong bảng refusal_codes đang hiệu lực. Hãy chọn một mã trong bảng.",
    "The ground for refusal is not in force. Choose a code of the sheet refusal_codes.",
)
UNIT_UNKNOWN = UNKNOWN_CODE.problem(
    "Không có đơn vị mang mã này. Hãy chọn một mã trong bảng units đang hiệu lực.",
    "No unit of this code is in force. Choose a code of the sheet units.",
)
HOLD_INSTEAD = INTEGRITY_ONLY.problem()
REPORT_AS_TIP = INTEGRITY_ONLY.problem(
    "Dấu hiệu nói về cán bộ thì không chuyển theo tuyến thường. Hãy báo tin tại văn phòng thường trực.",
    "A signal about an officer does not go the ordinary way. Report it as a tip at a standing office's desk.",
)
ROUTE_DIFFERS = NO_RULE.problem(
    "Quy tắc được nêu chỉ định đơn vị khác. Hãy bỏ trống route để lấy đề xuất, hoặc nêu quy tắc khác.",
    "The rule named gives other units. Leave route out to take the proposed one, or name another rule.",
)
RECEIVED_IN_FUTURE = MALFORMED.problem(
    "Thời điểm tiếp nhận ở tương lai. Hãy nhập thời điểm thực tế.",
    "The time of receipt lies in the future. Enter when the tip was really received.",
)
DESK_CHANNEL = MALFORMED.problem(
    "Kênh web chỉ dành cho biểu mẫu công khai. Hãy chọn phone, email, document hoặc in_person.",
    "The web channel belongs to the public form. Choose phone, email, document or in_person.",
)
WEB_CLOSED = WEB_CHANNEL_OFF.problem()
RECEIPT_MISTYPED = MALFORMED.problem(
    "Đây không phải mã biên nhận. Hãy kiểm tra lại từng ký tự đã nhập: 16 ký tự và một ký tự kiểm tra.",
    "This is not a receipt. Check what you typed: 16 characters and a check character.",
)
RECEIPT_UNKNOWN = UNKNOWN_RECEIPT.problem()
SIGNAL_UNNUMBERED = MALFORMED.problem(
    "Dấu hiệu chưa được cổng vào đánh số. Hãy gửi qua from.<đơn vị> hoặc qua HTTP.",
    "No door has numbered this signal. Send it through from.<unit> or by HTTP.",
)

_STATES = {
    TipState.RECEIVED: "đã tiếp nhận",
    TipState.REFUSED: "đã từ chối",
    TipState.ADVISED: "đã hướng dẫn",
    TipState.LINKED: "đã liên kết",
    TipState.FORWARDED: "đã chuyển",
    TipState.HELD: "tuyến liêm chính",
}


def state_problem(state: TipState) -> Problem:
    """The state that stands in the way, named."""
    return WRONG_STATE.problem(
        f"Tin báo đang ở trạng thái «{_STATES[state]}» nên không làm được việc này. Hãy đọc lại rồi quyết định.",
        f"The tip is {state}, which does not allow this. Read it again and decide anew.",
    )


def rows_missing(last_line: int) -> Problem:
    """Rows were left out before a chunk: what is decided so far, and what to send next."""
    return WRONG_STATE.problem(
        f"Danh sách mới được xử lý đến dòng {last_line}. Hãy gửi tiếp từ dòng sau đó.",
        f"The list is decided up to line {last_line}. Send the rows after that line.",
    )


def unknown_code(message: str) -> Problem:
    """A code that is not in force; the message begins with field and code, which need no translation."""
    named = message.partition(" is ")[0]
    return UNKNOWN_CODE.problem(
        f"Mã không có hiệu lực vào ngày xảy ra: {named}. Hãy dùng mã trong danh mục tham chiếu.", message
    )


def no_rule(message: str) -> Problem:
    """Why no rule fits: in English in routing's own words, in Vietnamese in those of the type."""
    return NO_RULE.problem(en=message)


def denied(decision: Decision) -> Problem:
    """The policy's refusal in the policy's words; `not_found` is answered as if there were no such record."""
    if decision.code == "not_found":
        return TIP_UNKNOWN
    return FORBIDDEN.problem(decision.vi, decision.en)
