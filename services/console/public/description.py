"""What the door says about itself to whoever opens its address."""

from pydantic import BaseModel, ConfigDict


class Words(BaseModel):
    """The same sentence in both languages."""

    model_config = ConfigDict(frozen=True)

    vi: str
    en: str


class Description(BaseModel):
    """The answer of `GET /`."""

    name: str = "Phối Hợp"
    notice: Words = Words(
        vi="Hệ thống minh họa hư cấu, không phải của cơ quan nhà nước; xin đừng gửi tin báo thật.",
        en="A fictional demonstration, not an official system; please send no real report.",
    )
    web_channel_open: bool
    web_channel_decision: str | None
    how_to_send: Words = Words(
        vi='POST /tips với tiêu đề Idempotency-Key và thân JSON {"content": "…"}; giữ lại biên nhận được trả về.',
        en='POST /tips with an Idempotency-Key header and a JSON body {"content": "…"}; keep the receipt.',
    )
    how_to_follow: Words = Words(
        vi='POST /tips/status với thân JSON {"receipt": "…"}.',
        en='POST /tips/status with a JSON body {"receipt": "…"}.',
    )
    privacy: Words = Words(
        vi="Không lưu địa chỉ máy gửi. Nội dung và người báo tin được niêm phong ngay khi nhận.",
        en="No address of yours is kept. What you say and who you are is sealed as it arrives.",
    )


def describe(decision: str) -> Description:
    """The description while this decision, if any, opens the web channel."""
    return Description(web_channel_open=bool(decision), web_channel_decision=decision or None)
