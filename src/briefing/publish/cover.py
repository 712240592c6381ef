"""The cover: the user's picture, or one drawn by us with the show's title in Japanese. The owner of Pillow."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, UnidentifiedImageError

from briefing.errors import PublishError

FEED_SIDE, TAG_SIDE = 3000, 600
_LEAST_SIDE, _MOST_BYTES, _MOST_PIXELS = 1400, 20_000_000, 40_000_000
_TOP, _BOTTOM, _INK = (24, 44, 92), (14, 116, 144), (255, 255, 255)
_MARGIN = 220


def draw_cover(title: str, author: str, side: int = FEED_SIDE, quality: int = 85) -> bytes:
    """Draw a cover: a gradient, the title in lines, the author. Returns JPEG bytes, RGB, `side` × `side`."""
    image = Image.linear_gradient("L").resize((side, side))
    canvas = Image.composite(Image.new("RGB", image.size, _BOTTOM), Image.new("RGB", image.size, _TOP), image)
    draw = ImageDraw.Draw(canvas)
    scale = side / FEED_SIDE
    _draw_waves(draw, side)
    lines, size = _fit_title(title)
    for index, line in enumerate(lines):
        draw.text(
            (_MARGIN * scale, (560 + index * size * 1.3) * scale),
            line,
            _INK,
            _font(round(size * scale)),
            stroke_width=round(size * scale / 60),
        )
    draw.text((_MARGIN * scale, 2480 * scale), author, _INK, _font(round(130 * scale)))
    return _to_jpeg(canvas, quality)


def load_cover(path: Path, side: int = FEED_SIDE) -> bytes:
    """Give the user's picture as a square RGB JPEG. Raises PublishError when it is no picture, too small or not square."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise PublishError("the cover is larger than 20 MB", str(path), "save it smaller")
        with Image.open(path) as image:
            picture = image.convert("RGB")
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise PublishError(
            f"the cover cannot be read: {error}", str(path), "give a JPEG or PNG of 1400 to 3000 pixels a side"
        ) from error
    if picture.width != picture.height or picture.width < _LEAST_SIDE:
        raise PublishError(
            f"the cover is {picture.width} × {picture.height}", str(path), "apps want a square of 1400 to 3000 pixels"
        )
    return _to_jpeg(picture.resize((min(side, picture.width),) * 2), 85)


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """What a picture is: format and colours as Pillow names them (JPEG, RGB), pixels."""

    format: str
    mode: str
    width: int
    height: int


def look_at_picture(path: Path) -> PictureFacts:
    """Give what a picture is, once all of it could be read. Raises PublishError when it is none, or too large."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise PublishError("the cover is larger than 20 MB", str(path), "save it smaller")
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(path, formats=("JPEG", "PNG", "WEBP", "GIF"))
        with image:
            if image.width * image.height > _MOST_PIXELS:
                raise PublishError("the cover has too many pixels", str(path), "save it smaller")
            image.load()
            return PictureFacts(image.format or "", image.mode, image.width, image.height)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PublishError(f"the cover cannot be read: {error}", str(path), "save it as JPEG") from error


def _to_jpeg(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


def _draw_waves(draw: ImageDraw.ImageDraw, side: int) -> None:
    """Draw a row of bars as a level meter shows them."""
    heights = (0.2, 0.5, 0.9, 0.6, 0.35, 0.75, 1.0, 0.55, 0.3, 0.65, 0.85, 0.45, 0.25)
    step = side * 0.86 / len(heights)
    for index, height in enumerate(heights):
        left, half = side * 0.07 + index * step, side * 0.09 * height
        box = (left + step * 0.25, side * 0.72 - half, left + step * 0.75, side * 0.72 + half)
        draw.rounded_rectangle(box, step * 0.2, (94, 196, 214))


def _fit_title(title: str) -> tuple[list[str], int]:
    """Give the title in at most five lines and the letter size that fits them."""
    for size in (420, 340, 280, 220, 170):
        lines = _wrap(title, int((FEED_SIDE - 2 * _MARGIN) / size))
        if len(lines) * size * 1.3 <= 1500:
            return lines, size
    return [*_wrap(title, 15)[:4], "…"], 170


def _wrap(text: str, width: int) -> list[str]:
    lines, line, used = [], "", 0.0
    for char in text:
        step = 0.55 if char.isascii() else 1.0
        if used + step > width and char not in "、。」）！？ー":
            lines.append(line)
            line, used = "", 0.0
        line, used = line + char, used + step
    return [*lines, line.strip()] if line.strip() else lines


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    """Give Noto Sans JP, which a package brings: the same cover on every machine, whatever fonts it has."""
    with as_file(files("pylopdf_fonts_jp") / "NotoSansJP-Regular.otf") as path:
        return ImageFont.truetype(path, size)
