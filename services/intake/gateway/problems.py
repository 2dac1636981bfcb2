"""Why the gateway refuses: the types of the catalogue, told with the field that is wrong."""

from pydantic_core import from_json

from bus.errors import Undecodable
from schemas.classification import SECRECY
from schemas.problems import (
    FORBIDDEN,
    FOREIGN_SOURCE,
    MALFORMED,
    NOT_FOUND,
    STATE_SECRET,
    UNDECODABLE,
    UNKNOWN_CLASSIFICATION,
    UNKNOWN_TYPE,
    UNSUPPORTED_MEDIA,
    Problem,
    ProblemType,
)
from services.policy import Decision

CONTENT_TYPE = frozenset({"content-type", "datacontenttype"})
NOT_A_COMMAND = UNKNOWN_TYPE.problem(
    "Ở đây chỉ nhận lệnh. Dùng một loại vn.phoihop.command.… có trong danh mục sự kiện.",
    "Only commands are taken here. Use a type vn.phoihop.command.… of the event catalogue.",
)

REFERENCE_IN_PART = MALFORMED.problem(
    "dataref và datarefhash (SHA-256, 64 ký tự thập lục phân) phải đi cùng nhau. Gửi cả hai hoặc bỏ cả hai.",
    "dataref and datarefhash (SHA-256, 64 hexadecimal digits) belong together. Send both or neither.",
)
NO_REFERENCE = MALFORMED.problem(
    "Lệnh này không nhận nội dung qua dataref. Hãy bỏ dataref; chỉ signal.submit chuyển tiếp được.",
    "This command takes no content by dataref. Leave it out; only signal.submit passes one on.",
)
PERSONAL_BY_HTTP = MALFORMED.problem(
    "Phần cá nhân của tin báo chỉ được bổ sung qua HTTP của intake, nơi giữ khóa. Bỏ details, hoặc gửi qua HTTP.",
    "A tip's personal part is added by intake's HTTP door alone, which has its key. Leave details out, or use HTTP.",
)


def unreadable(error: Undecodable, value: bytes) -> Problem:
    """The problem of a message that cannot be read; `value` is its content, looked at only to tell bytes from form."""
    kind = _kind(error, value)
    if error.field is None:
        return kind.problem(en=f"{error.reason}. {kind.remedy.en}")
    said = kind.problem()
    return kind.problem(f"Trường «{error.field}»: {said.vi}", f"{error.reason}. {kind.remedy.en}")


def unknown_type(name: str, *, other_major: bool) -> Problem:
    """A type that this release does not read."""
    if other_major:
        return UNKNOWN_TYPE.problem(
            f"Phiên bản chính của loại «{name}» không được đọc ở đây. Dùng phiên bản có trong danh mục sự kiện.",
            f"The major version of {name} is not read here. Use the version of the event catalogue.",
        )
    return UNKNOWN_TYPE.problem(
        f"Không có loại «{name}». Dùng một loại có trong danh mục sự kiện.",
        f"There is no type {name}. Use a type of the event catalogue.",
    )


def foreign_source(stated: str, unit: str) -> Problem:
    """A source of another unit than the topic's."""
    return FOREIGN_SOURCE.problem(
        f"source nêu đơn vị «{stated}» nhưng chủ đề là của «{unit}». Gửi với source /units/{unit}/<hệ thống>.",
        f"`source` names {stated}, but this is the topic of {unit}. Send with source /units/{unit}/<system>.",
    )


def denied(decision: Decision) -> Problem:
    """The policy's refusal in the policy's words; `not_found` is answered as if there were no such record."""
    return NOT_FOUND.problem() if decision.code == "not_found" else FORBIDDEN.problem(decision.vi, decision.en)


def _kind(error: Undecodable, value: bytes) -> ProblemType:
    if error.field == "dataclassification":
        return UNKNOWN_CLASSIFICATION
    if error.field == SECRECY:
        # A level that nobody knows: what it marks is carried even less.
        return STATE_SECRET
    if error.field in CONTENT_TYPE:
        return UNSUPPORTED_MEDIA
    if error.field in {None, "data"} and not _is_json(value):
        return UNDECODABLE
    return MALFORMED


def _is_json(value: bytes) -> bool:
    try:
        from_json(value)
    except ValueError:
        return False
    return True
