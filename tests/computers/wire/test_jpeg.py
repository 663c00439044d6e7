"""Is a picture whole, and how large is it."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from PIL import Image

from computers.wire import jpeg
from tests.support.pictures import jpeg_of


def picture(width: int, height: int, **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(out, "JPEG", **options)
    return out.getvalue()


@pytest.mark.parametrize("size", [(1, 1), (1280, 720), (300, 1200)])
@pytest.mark.parametrize("progressive", [False, True])
def test_it_reads_the_size_of_a_real_picture(size: tuple[int, int], progressive: bool) -> None:
    assert jpeg.size(picture(*size, progressive=progressive)) == size


def test_it_skips_what_stands_before_the_frame() -> None:
    assert jpeg.size(picture(64, 48, comment=b"\xff\xc0 a comment", exif=b"Exif\0\0" + b"x" * 400)) == (
        64,
        48,
    )


def test_a_whole_picture_is_whole() -> None:
    assert jpeg.is_whole(picture(8, 8))


@pytest.mark.parametrize("broken", [b"", b"\xff\xd8", picture(64, 64)[:-1], picture(64, 64)[1:], b"GIF89a"])
def test_half_a_picture_is_not(broken: bytes) -> None:
    assert not jpeg.is_whole(broken) or jpeg.size(broken) is None


def test_a_picture_without_width_or_height_has_no_size() -> None:
    assert jpeg.size(jpeg_of(0, 8)) is None and jpeg.size(jpeg_of(8, 0)) is None


@settings(deadline=None)
@given(some.binary(max_size=200))
def test_any_bytes_are_answered(data: bytes) -> None:
    jpeg.is_whole(data)
    jpeg.size(b"\xff\xd8" + data)
