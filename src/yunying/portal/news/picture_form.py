"""Pictures that editors upload: written anew, as the shop's are, before anything of them is kept."""

from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils.translation import gettext as _
from wagtail.images.forms import BaseImageForm

from yunying.kernel.errors import OperatorError
from yunying.portal.picture_files import MOST_BYTES, picture_read, picture_written

MOST_WIDTH = 1920


class PictureForm(BaseImageForm):
    """Wagtail's form of a picture, whose file is only the pixels that were sent."""

    def clean_file(self) -> Any:
        sent = self.cleaned_data["file"]
        if not isinstance(sent, UploadedFile):
            return sent
        sent.seek(0)
        try:
            content = picture_written(picture_read(sent.read(MOST_BYTES + 1)), MOST_WIDTH)
        except OperatorError as error:
            raise ValidationError(_("This is no picture that we can read: send a JPEG, PNG or WebP file.")) from error
        clean = SimpleUploadedFile(f"{PurePath(sent.name or 'picture').stem[:60]}.webp", content, "image/webp")
        # Wagtail asks the field's file for its size and format.
        from willow.image import Image

        clean.image = Image.open(clean)  # type: ignore[attr-defined]
        return clean
