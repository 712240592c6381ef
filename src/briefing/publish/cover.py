"""The cover: the user's picture, or one drawn by us with the show's title in Japanese. The owner of Pillow."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

from briefing.errors import PublishError
from briefing.morphology import analyse

FEED_SIDE, TAG_SIDE = 3000, 600
_LEAST_SIDE, _MOST_BYTES, _MOST_PIXELS = 1400, 20_000_000, 40_000_000
_MOST_JPEG_BYTES = 500_000
_TOP, _BOTTOM, _INK = (24, 44, 92), (14, 116, 144), (255, 255, 255)
_MARGIN, _TITLE_HEIGHT, _LEADING = 220, 1500, 1.3


def draw_cover(title: str, author: str, side: int = FEED_SIDE) -> bytes:
    """Draw a cover: a gradient, the title in lines, the author. Returns JPEG bytes, RGB, `side` × `side`."""
    image = Image.linear_gradient("L").resize((side, side))
    canvas = Image.composite(Image.new("RGB", image.size, _BOTTOM), Image.new("RGB", image.size, _TOP), image)
    draw = ImageDraw.Draw(canvas)
    scale = side / FEED_SIDE
    _draw_waves(draw, side)
    lines, size = _fit_title(title)
    for index, line in enumerate(lines):
        draw.text(
            (_MARGIN * scale, (560 + index * size * _LEADING) * scale),
            line,
            _INK,
            _font(round(size * scale)),
            stroke_width=round(size * scale / 60),
        )
    draw.text((_MARGIN * scale, 2480 * scale), author, _INK, _font(round(130 * scale)))
    return _to_jpeg(canvas)


def read_picture(path: Path) -> bytes:
    """Give the bytes of the user's picture. Raises PublishError when it is not there or too large."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise PublishError("the cover is larger than 20 MB", str(path), "save it smaller")
        return path.read_bytes()
    except OSError as error:
        raise PublishError(
            f"the cover cannot be read: {error.strerror}", str(path), "name a file beside the articles in show.image"
        ) from error


def fit_cover(content: bytes, where: str, side: int = FEED_SIDE) -> bytes:
    """Give the user's picture as directories want it: upright, square from its middle, RGB on white, JPEG of 500 KB at most.

    Raises PublishError when it is no picture, or less than 1400 pixels high or wide.
    """
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP")) as image:
            upright = ImageOps.exif_transpose(image).convert("RGBA")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise PublishError(f"the cover is no picture: {error}", where, "give a JPEG or PNG") from error
    least = min(upright.size)
    if least < _LEAST_SIDE:
        raise PublishError(
            f"the cover is {upright.width} × {upright.height} pixels",
            where,
            "give one of 1400 to 3000 pixels a side; of one that is not square the middle is taken",
        )
    white = Image.alpha_composite(Image.new("RGBA", upright.size, "white"), upright).convert("RGB")
    return _to_jpeg(ImageOps.fit(white, (min(side, least),) * 2))


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
            facts = PictureFacts(image.format or "", image.mode, image.width, image.height)
            image.draft(None, (image.width // 8, image.height // 8))  # of a JPEG all is read, and an eighth drawn
            image.load()
            return facts
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PublishError(f"the cover cannot be read: {error}", str(path), "save it as JPEG") from error


def _to_jpeg(image: Image.Image) -> bytes:
    """Give JPEG bytes within what apps load again and again, as large and as good as that allows; pure noise may stay above it."""
    content = b""
    for side in sorted({image.width, *(s for s in (2100, _LEAST_SIDE) if s < image.width)}, reverse=True):
        sized = image if side == image.width else image.resize((side, side))
        for quality in range(88, 60 if side > _LEAST_SIDE else 20, -9):
            out = io.BytesIO()
            sized.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
            content = out.getvalue()
            if len(content) <= _MOST_JPEG_BYTES:
                return content
    return content


def _draw_waves(draw: ImageDraw.ImageDraw, side: int) -> None:
    """Draw a row of bars as a level meter shows them."""
    heights = (0.2, 0.5, 0.9, 0.6, 0.35, 0.75, 1.0, 0.55, 0.3, 0.65, 0.85, 0.45, 0.25)
    step = side * 0.86 / len(heights)
    for index, height in enumerate(heights):
        left, half = side * 0.07 + index * step, side * 0.09 * height
        box = (left + step * 0.25, side * 0.72 - half, left + step * 0.75, side * 0.72 + half)
        draw.rounded_rectangle(box, step * 0.2, (94, 196, 214))


def _fit_title(title: str) -> tuple[list[str], int]:
    """Give the title in lines and the letter size that fits them, the largest at which no phrase is torn apart."""
    phrases = split_phrases(title)
    for size in (420, 340, 280, 220, 170):
        width = (FEED_SIDE - 2 * _MARGIN) / size
        lines = _wrap(phrases, width)
        if len(lines) * size * _LEADING <= _TITLE_HEIGHT and max(map(_width, lines), default=0) <= width:
            return lines, size
    return [*_wrap(list(title), width)[:5], "…"][: int(_TITLE_HEIGHT / (size * _LEADING))], size


def _wrap(pieces: Sequence[str], width: float) -> list[str]:
    """Put pieces into lines of a width in letters, as even as they come out without a further line."""
    count = len(_filled(pieces, width))
    narrower = (w / 4 for w in range(4, int(width * 4) + 1))
    return next((lines for w in narrower if len(lines := _filled(pieces, w)) <= count), _filled(pieces, width))


def _filled(pieces: Sequence[str], width: float) -> list[str]:
    lines = [""]
    for piece in pieces:
        if lines[-1] and _width(lines[-1] + piece.rstrip()) > width:
            lines.append("")
        lines[-1] += piece
    return [line.strip() for line in lines]


def _width(text: str) -> float:
    """Give a width in letters: Latin ones are about half as wide."""
    return sum(0.55 if char.isascii() else 1.0 for char in text)


def split_phrases(text: str) -> list[str]:
    """Cut a title where a line may end: before a word that carries meaning, not before particles, endings and closing signs.

    >>> split_phrases("わたしの朝のブリーフィング")
    ['わたしの', '朝の', 'ブリーフィング']
    """
    phrases: list[str] = []
    for word in analyse(text):
        hangs = (
            word.pos[0] in ("助詞", "助動詞", "接尾辞", "補助記号", "空白", "記号") and word.surface not in "（「『【("
        )
        is_open = bool(phrases) and (phrases[-1][-1] in "（「『【(" or phrases[-1].endswith("・"))
        if phrases and (hangs or is_open):
            phrases[-1] += word.surface
        else:
            phrases.append(word.surface)
    return phrases


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    """Give Noto Sans JP, which a package brings: the same cover on every machine, whatever fonts it has."""
    with as_file(files("pylopdf_fonts_jp") / "NotoSansJP-Regular.otf") as path:
        return ImageFont.truetype(path, size)
