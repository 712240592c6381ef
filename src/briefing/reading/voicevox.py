"""VOICEVOX's user dictionary, in and out: the JSON that its engine's `user_dict` gives and takes."""

from __future__ import annotations

import json
import unicodedata
import uuid
from pathlib import Path
from typing import Any

from briefing.errors import LexiconError
from briefing.reading.kana import is_kana, split_morae, to_katakana
from briefing.reading.lexicon import MAX_BYTES, Entry, Lexicon, fold

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "briefing:voicevox-user-dictionary")
# Word types of the VOICEVOX ENGINE API and what its dictionary file says for them.
_TYPES = {
    "PROPER_NOUN": ("名詞", "固有名詞", 1348), "COMMON_NOUN": ("名詞", "一般", 1345), "VERB": ("動詞", "自立", 642),
    "ADJECTIVE": ("形容詞", "自立", 20), "SUFFIX": ("名詞", "接尾", 1358),
}  # fmt: skip


def read_voicevox(path: Path) -> Lexicon:
    """Read a user dictionary. Raises LexiconError that tells all bad words together."""
    try:
        content = path.read_bytes()
        found = json.loads(content) if len(content) <= MAX_BYTES else None
    except OSError as error:
        raise LexiconError(f"cannot be read: {error.strerror}", str(path), "check the file") from error
    except ValueError as error:
        raise LexiconError(f"is not JSON: {error}", str(path), "export it from VOICEVOX again") from error
    if not isinstance(found, dict):
        raise LexiconError("is no user dictionary of VOICEVOX", str(path), "export it from VOICEVOX again")
    entries: dict[str, Entry] = {}
    problems: list[str] = []
    for key, word in found.items():
        try:
            entry = _to_entry(word)
        except (KeyError, TypeError, ValueError) as error:
            problems.append(f"{path}: {key}: {error}")
        else:
            entries[fold(entry.surface)] = entry
    if problems:
        raise LexiconError("\n".join(problems), "", "mend these words in VOICEVOX and export again")
    return Lexicon(entries)


def _to_entry(word: Any) -> Entry:
    surface = unicodedata.normalize("NFKC", str(word["surface"])).strip()
    pronunciation = to_katakana(str(word["pronunciation"]))
    if not surface or not is_kana(pronunciation):
        raise ValueError(f"surface {surface!r} with pronunciation {pronunciation!r} cannot be used")
    names = {f"{pos} {detail}": name for name, (pos, detail, _) in _TYPES.items()}
    spoken = f"{word.get('part_of_speech', '')} {word.get('part_of_speech_detail_1', '')}"
    word_type = str(word.get("word_type") or names.get(spoken, "PROPER_NOUN"))
    return Entry(surface, pronunciation, int(word.get("accent_type", -1)), word_type, int(word.get("priority", 5)))


def format_voicevox(lexicon: Lexicon) -> str:
    """Write a lexicon as a user dictionary. The same lexicon gives the same text."""
    words = {str(uuid.uuid5(_NAMESPACE, key)): _to_word(entry) for key, entry in sorted(lexicon.entries.items())}
    return json.dumps(words, ensure_ascii=False, indent=1) + "\n"


def _to_word(entry: Entry) -> dict[str, str | int]:
    pos, detail, context_id = _TYPES.get(entry.word_type, _TYPES["PROPER_NOUN"])
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in entry.surface.replace(" ", "　"))
    return {
        "surface": wide, "priority": entry.priority, "context_id": context_id, "part_of_speech": pos, "part_of_speech_detail_1": detail,
        "part_of_speech_detail_2": "*", "part_of_speech_detail_3": "*", "inflectional_type": "*", "inflectional_form": "*", "stem": "*",
        "yomi": entry.pronunciation, "pronunciation": entry.pronunciation, "accent_type": max(entry.accent_type, 0),
        "mora_count": len(split_morae(entry.pronunciation)), "accent_associative_rule": "*",
    }  # fmt: skip
