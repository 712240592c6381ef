"""Kangxi and CJK-supplement radicals, which PDFs hold where the font draws kanji and radical alike, back to kanji."""

from __future__ import annotations

import unicodedata

# Radical and kanji by turns: property Equivalent_Unified_Ideograph of Unicode 15 for the block CJK Radicals Supplement.
_SUPPLEMENT = (
    "⺁厂⺂乛⺃乚⺄乙⺅亻⺆冂⺈刀⺉刂⺊卜⺌小⺍小⺎兀⺏尣⺐尢⺒巳⺓幺⺔彑⺕彐⺖忄⺗心⺘扌⺙攵⺛旡⺜日⺝月⺞歺⺟母⺠民⺡氵⺢氺⺣灬⺤爫⺥爫⺦丬⺧牛⺨犭⺩王⺫目⺬示⺭礻"
    "⺯糹⺰纟⺱罓⺲罒⺴冗⺶羊⺹耂⺺肀⺻聿⺼肉⺾艹⺿艹⻀艹⻁虎⻂衤⻃覀⻄西⻅见⻆角⻈讠⻉贝⻋车⻌辶⻍辶⻎辶⻏邑⻐钅⻑長⻒镸⻓长⻔门⻖阝⻗雨⻘青⻙韦⻚页⻛风⻜飞"
    "⻝食⻟飠⻠饣⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿⻯竜⻰龙⻱龜⻲亀⻳龟"
)
_KANGXI = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)}
_KANJI = _KANGXI | {ord(radical): kanji for radical, kanji in zip(_SUPPLEMENT[::2], _SUPPLEMENT[1::2], strict=True)}


def radicals_to_kanji(text: str) -> str:
    """Give text with each radical as the kanji that looks the same; nothing else changes.

    >>> radicals_to_kanji("⻘い⿃と①ｶﾞｽ")
    '青い鳥と①ｶﾞｽ'
    """
    return text.translate(_KANJI)
