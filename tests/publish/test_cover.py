"""The cover: drawn with whole phrases, or the user's picture made to fit."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from briefing.errors import PublishError
from briefing.publish.cover import draw_cover, fit_cover, look_at_picture, read_picture, split_phrases


def saved(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize(
    ("title", "phrases"),
    [
        ("わたしの朝のブリーフィング", ["わたしの", "朝の", "ブリーフィング"]),
        ("港と橋の話（前編）", ["港と", "橋の", "話", "（前編）"]),
        ("Tech News", ["Tech ", "News"]),
    ],
)
def test_a_title_breaks_between_phrases(title: str, phrases: list[str]) -> None:
    assert split_phrases(title) == phrases


@pytest.mark.slow
@pytest.mark.parametrize(
    "title", ["朝", "わたしの朝のブリーフィング", "とても長い題名の番組" * 12, "Supercalifragilistic" * 3]
)
def test_a_drawn_cover_is_what_directories_want_and_small(tmp_path: Path, title: str) -> None:
    path = tmp_path / "cover.jpg"
    path.write_bytes(draw_cover(title, "広報課"))
    facts = look_at_picture(path)
    assert (facts.format, facts.mode, facts.width, facts.height) == ("JPEG", "RGB", 3000, 3000)
    assert path.stat().st_size <= 500_000


@pytest.mark.slow
def test_a_picture_of_the_users_is_made_to_fit() -> None:
    grain = np.random.default_rng(1).integers(0, 90, (1500, 3200, 3), np.uint8)
    fitted = fit_cover(saved(Image.fromarray(grain)), "a.png")
    wide = opened(fitted)
    assert (wide.format, wide.mode, len(fitted) <= 500_000) == ("JPEG", "RGB", True)
    assert wide.width == wide.height >= 1400
    clear = opened(fit_cover(saved(Image.new("RGBA", (1400, 1400))), "a.png"))
    assert min(np.asarray(clear).min(axis=(0, 1))) > 250  # what is see-through becomes white
    photo = Image.new("RGB", (1400, 1500), "black")
    photo.paste("white", (0, 0, 1400, 750))
    exif = Image.Exif()
    exif[0x0112] = 3  # taken upside down
    upright = np.asarray(opened(fit_cover(saved(photo, "JPEG", exif=exif), "a.jpg")))
    assert upright[100].mean() < 20 < 230 < upright[1300].mean()


def test_a_picture_that_cannot_be_a_cover_is_told(tmp_path: Path) -> None:
    with pytest.raises(PublishError, match="640 × 480"):
        fit_cover(saved(Image.new("RGB", (640, 480))), "small.png")
    with pytest.raises(PublishError, match="no picture"):
        fit_cover(b"GIF89a?", "a.gif")
    with pytest.raises(PublishError, match="cannot be read"):
        read_picture(tmp_path / "none.png")
