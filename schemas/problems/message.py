"""Problems of the message itself: sent again unchanged, it fails again."""

from schemas.problems.kinds import ProblemType, Words

MALFORMED = ProblemType(
    "malformed",
    422,
    Words("Dữ liệu không đúng mẫu", "Malformed message"),
    Words("Một hoặc nhiều trường không đúng mẫu.", "One or more fields do not match the schema."),
    Words("Sửa các trường được nêu rồi gửi lại.", "Correct the fields named and send it again."),
)
UNDECODABLE = ProblemType(
    "undecodable",
    400,
    Words("Không đọc được", "Undecodable"),
    Words("Nội dung không phải JSON mã hóa UTF-8.", "The content is not JSON in UTF-8."),
    Words("Gửi JSON hợp lệ, mã hóa UTF-8.", "Send valid JSON encoded as UTF-8."),
)
UNSUPPORTED_MEDIA = ProblemType(
    "unsupported-media",
    415,
    Words("Kiểu nội dung không được hỗ trợ", "Unsupported content type"),
    Words("Kiểu nội dung này không được đọc ở đây.", "This content type is not read here."),
    Words("Dùng Content-Type: application/json.", "Use Content-Type: application/json."),
)
OVERSIZE = ProblemType(
    "oversize",
    413,
    Words("Quá lớn", "Too large"),
    Words("Một sự kiện hoặc yêu cầu không được quá 64 KiB.", "An event or request is at most 64 KiB."),
    Words(
        "Rút gọn, hoặc gửi phần lớn bằng dataref kèm SHA-256 (datarefhash).",
        "Shorten it, or send the large part by dataref with its SHA-256 (datarefhash).",
    ),
)
UNKNOWN_TYPE = ProblemType(
    "unknown-type",
    422,
    Words("Loại thông điệp không rõ", "Unknown type"),
    Words("Không có loại sự kiện hay lệnh này.", "There is no such type of event or command."),
    Words("Dùng một loại có trong danh mục sự kiện.", "Use a type of the event catalogue."),
)
UNKNOWN_CLASSIFICATION = ProblemType(
    "unknown-classification",
    422,
    Words("Mức phân loại không rõ", "Unknown classification"),
    Words("Mức phân loại dữ liệu này không có.", "There is no such data classification."),
    Words("Dùng public, internal, confidential hoặc restricted.", "Use public, internal, confidential or restricted."),
)
STATE_SECRET = ProblemType(
    "state-secret",
    422,
    Words("Bí mật nhà nước không đi qua đây", "State secrets do not travel here"),
    Words("Nội dung có độ mật không được truyền.", "Content that bears a secrecy level is never carried."),
    Words("Chỉ gửi số văn bản và đơn vị giữ.", "Send only the document's number and its holder."),
)
FOREIGN_SOURCE = ProblemType(
    "foreign-source",
    403,
    Words("Nguồn không phải của đơn vị gửi", "Source of another unit"),
    Words("Trường source nêu một đơn vị khác với đơn vị gửi.", "`source` names a unit other than the sender."),
    Words("Gửi với source /units/<mã đơn vị mình>/<hệ thống>.", "Send with source /units/<your own unit>/<system>."),
)
ID_REUSED = ProblemType(
    "id-reused",
    422,
    Words("Mã đã dùng cho nội dung khác", "Id used for other content"),
    Words(
        "Mã này đã được dùng trong 90 ngày qua với nội dung khác.",
        "This id was used within the last 90 days with other content.",
    ),
    Words("Gửi nội dung mới dưới một mã mới.", "Send new content under a new id."),
)
IDEMPOTENCY_KEY_MISSING = ProblemType(
    "idempotency-key-missing",
    400,
    Words("Thiếu Idempotency-Key", "Idempotency-Key missing"),
    Words("Mỗi yêu cầu ghi phải có một Idempotency-Key hợp lệ.", "Every write needs a valid Idempotency-Key."),
    Words(
        "Thêm Idempotency-Key: 1–128 ký tự A–Z a–z 0–9 . _ : - và giữ nguyên khi gửi lại.",
        "Add Idempotency-Key: 1-128 characters of A-Z a-z 0-9 . _ : - and keep it when you repeat the request.",
    ),
)
UNKNOWN_CODE = ProblemType(
    "unknown-code",
    422,
    Words("Mã không có trong danh mục", "Code not in the reference data"),
    Words("Một mã không có hiệu lực vào ngày xảy ra.", "A code is not in force on the date of the act."),
    Words("Dùng mã đang có hiệu lực trong danh mục tham chiếu.", "Use a code of the reference data that is in force."),
)

ALL = (
    MALFORMED,
    UNDECODABLE,
    UNSUPPORTED_MEDIA,
    OVERSIZE,
    UNKNOWN_TYPE,
    UNKNOWN_CLASSIFICATION,
    STATE_SECRET,
    FOREIGN_SOURCE,
    ID_REUSED,
    IDEMPOTENCY_KEY_MISSING,
    UNKNOWN_CODE,
)
