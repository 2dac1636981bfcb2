"""Problems of the moment: the same request may succeed later."""

from schemas.problems.kinds import ProblemType, Words

IDEMPOTENCY_IN_FLIGHT = ProblemType(
    "idempotency-in-flight",
    409,
    Words("Yêu cầu này đang được xử lý", "Still being handled"),
    Words("Yêu cầu trước với cùng mã chưa xong.", "An earlier request under the same id has not ended."),
    Words("Chờ theo Retry-After rồi gửi lại y nguyên.", "Wait as Retry-After says and repeat it unchanged."),
)
TOO_MANY_REQUESTS = ProblemType(
    "too-many-requests",
    429,
    Words("Quá nhiều yêu cầu", "Too many requests"),
    Words("Đã vượt giới hạn số yêu cầu.", "The limit of requests has been reached."),
    Words("Chờ theo Retry-After rồi gửi lại.", "Wait as Retry-After says and send it again."),
)
UNAVAILABLE = ProblemType(
    "unavailable",
    503,
    Words("Tạm thời không phục vụ được", "Unavailable"),
    Words("Một thành phần cần thiết đang bận hoặc ngừng.", "A part that this needs is busy or down."),
    Words("Chờ theo Retry-After rồi gửi lại y nguyên.", "Wait as Retry-After says and repeat it unchanged."),
)
INTERNAL = ProblemType(
    "internal",
    500,
    Words("Lỗi của hệ thống", "Fault of ours"),
    Words("Hệ thống gặp lỗi không lường trước; lỗi đã được ghi lại.", "Something failed here; it has been recorded."),
    Words("Báo cho người vận hành mã yêu cầu (request id).", "Tell the operators the request id."),
)

ALL = (IDEMPOTENCY_IN_FLIGHT, TOO_MANY_REQUESTS, UNAVAILABLE, INTERNAL)
