"""Words with their part of speech and inflection, by Sudachi: a second dictionary beside the one that reads aloud.

The readings compare with it, the narration rules and the fidelity check look at verb forms and names through it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sudachipy import Tokenizer

_MAX_LENGTH = 12_000  # characters; Sudachi refuses more than 49,149 bytes at once


@dataclass(frozen=True, slots=True)
class Morpheme:
    """A word: characters `start` to `end` of the text, `kana` its reading.

    `pos` are UniDic's four levels of parts of speech, `inflection` its conjugation type and form (`*` where there is none).
    """

    surface: str
    lemma: str
    kana: str
    pos: tuple[str, ...]
    inflection: tuple[str, str]
    start: int
    end: int


def analyse(text: str) -> tuple[Morpheme, ...]:
    """Cut a text into its longest words, in order.

    >>> [(m.surface, m.pos[0]) for m in analyse("人が来た")]
    [('人', '名詞'), ('が', '助詞'), ('来', '動詞'), ('た', '助動詞')]
    """
    return tuple(
        Morpheme(
            m.surface(), m.dictionary_form(), m.reading_form(), tuple(p[:4]), (p[4], p[5]), at + m.begin(), at + m.end()
        )
        for at in range(0, len(text), _MAX_LENGTH)
        for m in _tokenizer().tokenize(text[at : at + _MAX_LENGTH])
        for p in (m.part_of_speech(),)
    )


@lru_cache(maxsize=1)
def _tokenizer() -> Tokenizer:
    from sudachipy import Dictionary, SplitMode  # a fifth of a second: only who needs it pays for it

    return Dictionary(dict="core").tokenizer(mode=SplitMode.C)
