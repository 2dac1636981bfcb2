"""What a person at the page of lists is told of a file that cannot be read: where, why, and what to do on that page."""

from bus.errors import Refused
from schemas.problems import MALFORMED
from schemas.reported.lines import Encoding, EncodingError
from schemas.reported.rows import MapError

FILE, COLUMNS, ENCODING = "file", "columns", "encoding"
"""The fields of the form, by their ids."""


def unreadable(error: EncodingError | MapError) -> Refused:
    """The refusal, in both languages, with the field of the form where it can be mended."""
    if isinstance(error, EncodingError):
        return Refused(MALFORMED.problem(_encoding_vi(error), _encoding_en(error)), ENCODING)
    return Refused(
        MALFORMED.problem(f"Không đọc được tệp: {error.vi}", f"The file cannot be read: {error.en}"), COLUMNS
    )


def _encoding_vi(error: EncodingError) -> str:
    if error.begins_as is not None:
        return f"Tệp bắt đầu như {error.begins_as.upper()}: hãy chọn «{error.begins_as}» ở ô Bảng mã."
    return (
        f"Dòng {error.number} không phải chữ {error.encoding.upper()}. Hãy lưu tệp theo UTF-8, hoặc chọn "
        f"{_others(error.encoding, 'hoặc')} ở ô Bảng mã; chữ TCVN3 và VNI phải chuyển sang Unicode trước."
    )


def _encoding_en(error: EncodingError) -> str:
    if error.begins_as is not None:
        return f"The file begins as {error.begins_as.upper()} does: choose “{error.begins_as}” under Encoding."
    return (
        f"Line {error.number} is not {error.encoding.upper()} text. Save the file as UTF-8, or choose "
        f"{_others(error.encoding, 'or')} under Encoding; TCVN3 and VNI text must be converted to Unicode first."
    )


def _others(said: Encoding, between: str) -> str:
    return f" {between} ".join(f"«{other}»" for other in Encoding if other not in {said, Encoding.UTF_8})
