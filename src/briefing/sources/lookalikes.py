"""Characters that PDFs hold because the font draws another the same: radicals back to kanji, signs to those that Japanese uses."""

from __future__ import annotations

import unicodedata

# Radical and kanji by turns: property Equivalent_Unified_Ideograph of Unicode 15 for the block CJK Radicals Supplement.
_SUPPLEMENT = (
    "⺁厂⺂乛⺃乚⺄乙⺅亻⺆冂⺈刀⺉刂⺊卜⺌小⺍小⺎兀⺏尣⺐尢⺒巳⺓幺⺔彑⺕彐⺖忄⺗心⺘扌⺙攵⺛旡⺜日⺝月⺞歺⺟母⺠民⺡氵⺢氺⺣灬⺤爫⺥爫⺦丬⺧牛⺨犭⺩王⺫目⺬示⺭礻"
    "⺯糹⺰纟⺱罓⺲罒⺴冗⺶羊⺹耂⺺肀⺻聿⺼肉⺾艹⺿艹⻀艹⻁虎⻂衤⻃覀⻄西⻅见⻆角⻈讠⻉贝⻋车⻌辶⻍辶⻎辶⻏邑⻐钅⻑長⻒镸⻓长⻔门⻖阝⻗雨⻘青⻙韦⻚页⻛风⻜飞"
    "⻝食⻟飠⻠饣⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿⻯竜⻰龙⻱龜⻲亀⻳龟"
)
# Where NFKC gives the form of the dictionary of 1716 and Japanese writes another. 龍 and 齊 stay: names hold both forms.
_JAPANESE = str.maketrans("戶黑黃麥齒靑龜", "戸黒黄麦歯青亀")
_KANGXI = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)}
_KANJI = _KANGXI | {ord(radical): kanji for radical, kanji in zip(_SUPPLEMENT[::2], _SUPPLEMENT[1::2], strict=True)}
_SIGNS = {ord("‧"): "・", ord("∕"): "／"}  # drawn by one letter of Noto Sans JP
_USUAL = {code: kanji.translate(_JAPANESE) for code, kanji in _KANJI.items()} | _SIGNS


def usual_characters(text: str) -> str:
    """Give text with each radical as the kanji that looks the same and each such sign as the usual one; nothing else changes.

    >>> usual_characters("⻘い⿃と①ｶﾞｽ、⼾は三‧二")
    '青い鳥と①ｶﾞｽ、戸は三・二'
    """
    return text.translate(_USUAL)
