"""Problems of who asks, and of what the record allows now."""

from schemas.problems.kinds import ProblemType, Words

UNAUTHENTICATED = ProblemType(
    "unauthenticated",
    401,
    Words("Chưa xác thực", "Not authenticated"),
    Words("Không có thẻ truy cập hợp lệ, hoặc thẻ đã hết hạn.", "There is no valid token, or it has expired."),
    Words("Đăng nhập lại và xin thẻ mới.", "Sign in again and ask for a new token."),
)
FORBIDDEN = ProblemType(
    "forbidden",
    403,
    Words("Không có quyền", "Not allowed"),
    Words("Vai trò hoặc đơn vị này không được làm việc đó.", "This role or unit may not do that."),
    Words("Nhờ người có vai trò cần thiết.", "Ask someone who has the role that it needs."),
)
NOT_FOUND = ProblemType(
    "not-found",
    404,
    Words("Không tìm thấy", "Not found"),
    Words("Không có bản ghi này, hoặc đơn vị không được biết.", "There is no such record, or none that you may know."),
    Words("Kiểm tra lại mã.", "Check the id."),
)
METHOD_NOT_ALLOWED = ProblemType(
    "method-not-allowed",
    405,
    Words("Phương thức không dùng được ở đây", "Method not allowed"),
    Words("Địa chỉ này không nhận phương thức đó.", "This address does not take that method."),
    Words("Dùng một phương thức nêu trong tiêu đề Allow.", "Use a method that the Allow header names."),
)
UNKNOWN_RECEIPT = ProblemType(
    "unknown-receipt",
    404,
    Words("Mã biên nhận không có", "Unknown receipt"),
    Words("Không có tin báo nào với mã biên nhận này.", "No tip has this receipt."),
    Words("Kiểm tra từng ký tự của mã đã được cấp khi gửi.", "Check each character of the receipt you were shown."),
)
NOT_COMPETENT = ProblemType(
    "not-competent",
    403,
    Words("Không có thẩm quyền", "Not competent"),
    Words(
        "Theo quy tắc đang có hiệu lực, đơn vị không chủ trì cũng không phối hợp.",
        "Under the rule in force this unit is neither lead nor co-handler.",
    ),
    Words("Đề nghị đơn vị chủ trì mời phối hợp.", "Ask the lead to invite you."),
)
CLAIM_LOST = ProblemType(
    "claim-lost",
    409,
    Words("Đã có đơn vị thụ lý", "Already claimed"),
    Words("Một đơn vị có thẩm quyền đã thụ lý trước.", "A competent unit claimed it first."),
    Words("Phối hợp với đơn vị đã thụ lý.", "Take part as a co-handler of the unit that claimed it."),
)
WRONG_STATE = ProblemType(
    "wrong-state",
    409,
    Words("Trạng thái không cho phép", "Not in this state"),
    Words("Bản ghi đang ở trạng thái không cho phép việc này.", "The record is in a state that does not allow this."),
    Words("Đọc trạng thái hiện tại rồi quyết định lại.", "Read its present state and decide again."),
)
ALREADY_EXISTS = ProblemType(
    "already-exists",
    409,
    Words("Đã tồn tại", "Already exists"),
    Words("Đã có bản ghi với tên hoặc mã này.", "There is a record of this name or code already."),
    Words("Dùng bản ghi đã có, hoặc chọn tên khác.", "Use the one that exists, or choose another name."),
)
NO_RULE = ProblemType(
    "no-rule",
    422,
    Words("Không có quy tắc phân công", "No routing rule"),
    Words(
        "Vào ngày xảy ra không có quy tắc nào phù hợp với các dữ kiện này.",
        "No rule in force on the date of the act fits these facts.",
    ),
    Words("Bổ sung dữ kiện, hoặc nêu rõ quy tắc.", "Add facts, or name a rule."),
)
INTEGRITY_ONLY = ProblemType(
    "integrity-only",
    409,
    Words("Chỉ đi theo tuyến liêm chính", "Integrity route only"),
    Words(
        "Tin báo nêu cán bộ hoặc đơn vị thì không chuyển theo tuyến thường.",
        "A tip that names an officer or a unit does not go the ordinary way.",
    ),
    Words("Chuyển tin báo sang tuyến liêm chính.", "Hold the tip for the integrity route."),
)
WEB_CHANNEL_OFF = ProblemType(
    "web-channel-off",
    403,
    Words("Kênh trực tuyến chưa mở", "Web channel not open"),
    Words(
        "Chưa có quyết định mở kênh tiếp nhận trực tuyến.",
        "No decision of the committee opens the web channel.",
    ),
    Words(
        "Báo tin qua đường dây nóng, thư điện tử, văn bản hoặc trực tiếp.", "Use a hotline, e-mail, a letter or come."
    ),
)
ERASED = ProblemType(
    "erased",
    410,
    Words("Đã xóa theo pháp luật", "Erased by law"),
    Words(
        "Dữ liệu cá nhân của hồ sơ đã bị xóa và không thể khôi phục.",
        "The personal values of the dossier were erased and cannot be brought back.",
    ),
    Words("Lập hồ sơ mới cho việc mới.", "Open a new dossier for a new matter."),
)
ERASURE_BARRED = ProblemType(
    "erasure-barred",
    409,
    Words("Pháp luật chưa cho xóa", "The law does not let it be erased yet"),
    Words(
        "Hồ sơ đang được giải quyết nên chưa được xóa theo yêu cầu (Điều 19 Luật 91/2025/QH15).",
        "The matter is not finished, so a request does not erase it yet (Article 19 of Law 91/2025/QH15).",
    ),
    Words(
        "Xóa khi việc đã kết thúc; trả lời người yêu cầu bằng câu của `phoihop privacy`.",
        "Erase it once the matter is finished; answer the person with the sentence that `phoihop privacy` gives.",
    ),
)

ALL = (
    UNAUTHENTICATED,
    FORBIDDEN,
    NOT_FOUND,
    METHOD_NOT_ALLOWED,
    UNKNOWN_RECEIPT,
    NOT_COMPETENT,
    CLAIM_LOST,
    WRONG_STATE,
    ALREADY_EXISTS,
    NO_RULE,
    INTEGRITY_ONLY,
    WEB_CHANNEL_OFF,
    ERASED,
    ERASURE_BARRED,
)
