"""Units behind numbers, by their names (計量法, 別表; SI brochure, 9th edition)."""

from __future__ import annotations

import re

from briefing.reading.spans import Rule, Spans, rewrite

_PREFIXES = {
    "k": "キロ",
    "M": "メガ",
    "G": "ギガ",
    "T": "テラ",
    "P": "ペタ",
    "m": "ミリ",
    "μ": "マイクロ",
    "µ": "マイクロ",
    "n": "ナノ",
    "p": "ピコ",
    "c": "センチ",
    "d": "デシ",
    "h": "ヘクト",
    "": "",
}
# Base unit: its name and the prefixes that are in use.
_BASES = {
    "m": ("メートル", "kcmμµnp"), "g": ("グラム", "kmμµn"), "t": ("トン", ""), "L": ("リットル", "kmdμµ"), "l": ("リットル", "mdk"), "W": ("ワット", "kMGTm"),
    "Wh": ("ワット時", "kMGT"), "V": ("ボルト", "km"), "A": ("アンペア", "m"), "Ah": ("アンペア時", "m"), "Hz": ("ヘルツ", "kMGT"), "Pa": ("パスカル", "hkM"),
    "B": ("バイト", "kMGTP"), "bps": ("ビーピーエス", "kMGT"), "bit": ("ビット", "kMG"), "J": ("ジュール", "kM"), "N": ("ニュートン", "k"), "cal": ("カロリー", "k"),
    "K": ("ケルビン", ""), "Sv": ("シーベルト", "mμµ"), "Bq": ("ベクレル", "kMT"), "Gy": ("グレイ", "m"), "mol": ("モル", "m"), "lx": ("ルクス", ""), "lm": ("ルーメン", ""),
    "s": ("秒", "mμµn"), "Ω": ("オーム", "kM"), "FLOPS": ("フロップス", "MGTP"), "eV": ("電子ボルト", "kMGT"), "ha": ("ヘクタール", ""), "px": ("ピクセル", "M"),
}  # fmt: skip
_OTHERS = {
    "KB": "キロバイト", "KiB": "キビバイト", "MiB": "メビバイト", "GiB": "ギビバイト", "dB": "デシベル", "rpm": "回転", "fps": "エフピーエス", "ppm": "ピーピーエム", "ppb": "ピーピービー", "pt": "ポイント",
    "cc": "シーシー", "°C": "度", "℃": "度", "°F": "カ氏度", "°": "度", "%": "パーセント", "‰": "パーミル", "min": "分", "sec": "秒", "hr": "時間", "rad": "ラジアン",
    "dpi": "ディーピーアイ", "ppi": "ピーピーアイ", "TOPS": "トップス", "m2": "平方メートル", "m3": "立方メートル", "km2": "平方キロメートル", "cm2": "平方センチメートル", "cm3": "立方センチメートル",
    "pH": "ピーエイチ", "ft": "フィート", "lb": "ポンド", "oz": "オンス", "mph": "マイル毎時", "kt": "ノット", "mAh": "ミリアンペア時", "USD": "ドル", "Mpx": "メガピクセル", "MP": "メガピクセル",
}  # fmt: skip
_UNITS = {p + base: _PREFIXES[p] + name for base, (name, prefixes) in _BASES.items() for p in ("", *prefixes)} | _OTHERS
# A letter alone that is a unit only where nothing else is likely.
_SHY = frozenset({"B", "K", "N", "A", "J", "W", "V", "l", "s", "t", "pt", "MP", "P", "T"})
_TIMES = {
    "h": "毎時",
    "時": "毎時",
    "s": "毎秒",
    "秒": "毎秒",
    "min": "毎分",
    "分": "毎分",
    "日": "毎日",
    "sec": "毎秒",
}
_NUMBER = r"(?<=[\d万億兆千百])\s?"
_NAMES = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))


def _unit(match: re.Match[str]) -> str:
    return _UNITS[match["unit"]]


def _per(match: re.Match[str]) -> str:
    """Give a rate: per time as 毎時, 毎秒; per anything else with パー."""
    over, under = _UNITS[match["unit"]], match["under"]
    return f"{over}{_TIMES[under]}" if under in _TIMES else f"{over}パー{_UNITS.get(under, under)}"


def _shy(match: re.Match[str]) -> str | None:
    return _UNITS[match["unit"]] if match["unit"] not in ("B", "K", "P", "T", "N", "J", "A", "MP") else None


_PLAIN = "|".join(sorted((re.escape(u) for u in _UNITS if u not in _SHY), key=len, reverse=True))
_SHY_NAMES = "|".join(sorted(map(re.escape, _SHY), key=len, reverse=True))
_RULES = (
    Rule(
        re.compile(
            r"(?P<speed>時速|秒速|分速|毎時|毎秒)(?P<n>[約およそ]*\d[\d.]{0,18})\s?(?P<unit>k?m)/(?:h|s|min|秒|時)(?![A-Za-z])"
        ),
        lambda m: f"{m['speed']}{m['n']}{_UNITS[m['unit']]}",
    ),
    Rule(
        re.compile(
            rf"{_NUMBER}(?P<unit>{_NAMES})/(?P<under>{_NAMES}|h|min|sec|秒|時|分|日|人|個|平方メートル|立方メートル)(?![A-Za-z])"
        ),
        _per,
    ),
    Rule(re.compile(rf"{_NUMBER}(?P<unit>{_PLAIN})(?![A-Za-z])(?!(?<=[23])\d)"), _unit),
    Rule(re.compile(rf"(?<=\d)(?P<unit>{_SHY_NAMES})(?![A-Za-z0-9])"), _shy),
    Rule(re.compile(r"(?<![A-Za-z])pH\s?(?=\d)"), "ペーハー"),
    Rule(re.compile(r"(?<![A-Za-z0-9])M(?=\d\.\d)(?=[\d.]{1,18}(?:の|を|と|で|程度|以上|クラス)?)"), "マグニチュード"),
    Rule(re.compile(r"(?<=の)\s?[%％](?!\d)"), "パーセント"),
)


def read_units(spans: Spans) -> Spans:
    """Say units behind numbers: 64GB, 60km/h, 90mg/dL, −5℃."""
    return rewrite(spans, _RULES, "unit")
