"""Web and mail addresses, mentions and hashtags."""

from __future__ import annotations

import re

from briefing.reading.spans import Rule, Spans, rewrite

_ENDINGS = "com|jp|net|org|ai|io|dev|app|edu|gov|info|tv|me|xyz|ly|gg|co|cloud|tech|site|online"
_SAID = {
    "com": "コム", "net": "ネット", "org": "オーグ", "jp": "ジェーピー", "co": "シーオー", "ne": "エヌイー", "or": "オーアール", "go": "ジーオー",
    "ac": "エーシー", "ai": "エーアイ", "io": "アイオー", "dev": "デブ", "app": "アップ", "edu": "エデュ", "gov": "ゴブ", "info": "インフォ",
    "tv": "ティービー", "me": "ミー", "js": "ジェーエス", "py": "パイ", "md": "エムディー", "csv": "シーエスブイ", "pdf": "ピーディーエフ",
    "txt": "テキスト", "html": "エイチティーエムエル", "json": "ジェイソン", "exe": "エグゼ", "zip": "ジップ", "toml": "トムル", "yaml": "ヤムル",
    "www": "ダブリューダブリューダブリュー", "ts": "ティーエス", "xml": "エックスエムエル", "png": "ピング", "jpg": "ジェイペグ",
}  # fmt: skip
_SIGNS = {
    ".": "ドット",
    "/": "スラッシュ",
    "-": "ハイフン",
    "_": "アンダーバー",
    "@": "アットマーク",
    ":": "コロン",
    "~": "チルダ",
}
_HOST = rf"(?:[a-z0-9](?:[a-z0-9-]{{0,62}})\.){{1,4}}(?:{_ENDINGS})(?![a-z0-9.-]*[a-z0-9])"
_URL = re.compile(
    rf"(?<![\w@.])(?:https?://)?(?P<rest>(?:www\.)?{_HOST}(?::\d{{2,5}})?(?P<path>/[\w./~-]*)?)(?:[?#][\w=&%+.-]*)?",
    re.I | re.A,
)
_SCHEME = re.compile(r"https?://(?P<rest>[\w./~:-]+)(?:[?#][\w=&%+.-]*)?", re.I | re.A)
_MAIL = re.compile(rf"(?<![\w.])(?P<rest>[a-z0-9][\w.+-]{{0,60}}@{_HOST})", re.I | re.A)
_FILE = re.compile(
    r"(?<=[A-Za-z0-9_])\.(?P<rest>js|py|ts|md|csv|pdf|txt|html|json|exe|zip|toml|yaml|xml|png|jpg)(?![A-Za-z0-9])"
)


def spell_address(match: re.Match[str]) -> str:
    """Give an address as it is said: words as words, signs by name, the scheme left out.

    >>> spell_address(_MAIL.search("a-b@example.jp"))
    'a ハイフン b アットマーク example ドット ジェーピー'
    """
    parts = re.split(r"([./_@:~-])", match["rest"].rstrip("/.,"))
    return " ".join(_SAID.get(p.lower()) or _SIGNS.get(p) or p for p in parts if p)


_ADDRESSES = (Rule(_MAIL, spell_address), Rule(_URL, spell_address), Rule(_SCHEME, spell_address))
_TAGS = (
    Rule(_FILE, lambda m: f"ドット{_SAID[m['rest']]}"),
    Rule(re.compile(r"(?<![\w&])[#＃](?=[A-Za-zぁ-んァ-ヶ一-龠])"), "ハッシュタグ、"),
    Rule(re.compile(r"(?<!\w)[#＃](?=\d{1,3}(?!\d))"), "ナンバー"),
    Rule(re.compile(r"(?<![A-Za-z0-9.])@(?=[A-Za-z_])"), "アットマーク"),
    Rule(re.compile(r"(?<=[A-Za-z0-9])_(?=[A-Za-z0-9])"), "アンダーバー"),
)


def read_addresses(spans: Spans) -> Spans:
    """Say web and mail addresses."""
    return rewrite(spans, _ADDRESSES, "address")


def read_tags(spans: Spans) -> Spans:
    """Say mentions, hashtags and the endings of files."""
    return rewrite(spans, _TAGS, "tag")
