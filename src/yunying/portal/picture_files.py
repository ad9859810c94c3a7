"""Pictures that people send: read for what they are, and written anew without what cameras add."""

import io
import warnings

from PIL import Image, ImageOps

from yunying.kernel.errors import OperatorError

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_BYTES, MOST_PIXELS = 10 * 1024 * 1024, 50_000_000


def picture_read(data: bytes) -> Image.Image:
    """The picture that the bytes are, turned as it was held; its size is looked at before it is unpacked."""
    if len(data) > MOST_BYTES:
        raise OperatorError("picture-too-large", "The file has more than 10 MB.", "Make it smaller.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            opened = Image.open(io.BytesIO(data), formats=FORMATS)
            if opened.width * opened.height > MOST_PIXELS:
                raise OperatorError("picture-too-large", "It has more than 50 million pixels.", "Make it smaller.")
            opened.load()
            turned = ImageOps.exif_transpose(opened)
    except OperatorError:
        raise
    except Exception as error:
        raise OperatorError(
            "no-picture", "This is no picture that we can read.", "Send a JPEG, PNG or WebP file."
        ) from error
    return turned.convert("RGBA" if turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info else "RGB")


def picture_written(drawn: Image.Image, width: int) -> bytes:
    """Only the pixels, so that neither place nor camera nor anything hidden goes on."""
    bare = drawn.copy()
    bare.thumbnail((width, width * 2))
    clean = Image.new(bare.mode, bare.size)
    clean.paste(bare)
    into = io.BytesIO()
    clean.save(into, "WEBP", quality=82, method=4)
    return into.getvalue()
