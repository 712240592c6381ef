"""An article of any length for measurements: sections of sentences, no two alike."""

from __future__ import annotations

from itertools import product

_WHO = (
    "図書館の係",
    "駅前の店主",
    "町の技師",
    "市の担当者",
    "隣の研究室",
    "港の組合",
    "学校の先生",
    "若い農家",
    "会場の案内役",
    "古い工場",
)
_WHEN = ("今年", "先週", "昨日", "三年前に", "春に", "夏の朝", "雨の日に", "夜に")
_WHAT = (
    "新しい計算機",
    "小さな橋",
    "長い記録",
    "町の地図",
    "冷たい倉庫",
    "丸い机",
    "青い看板",
    "広い畑",
    "軽い部品",
    "静かな部屋",
    "古い時計",
)
_DID = ("を調べました", "を借りて使いました", "を直して、前より便利にしました", "について話しました", "を見つけて写真に残しました",
        "を選び、理由を書きました", "を運んで広場に置きました", "を測って、表にまとめました", "の値段を比べました")  # fmt: skip
_SENTENCES_A_MINUTE = 11.3  # with `tone`, pauses included
_IN_PARAGRAPH, _IN_SECTION = 5, 25


def long_article(minutes: float) -> str:
    """Give an article that takes about so many minutes, ten hours at most."""
    count = round(minutes * _SENTENCES_A_MINUTE)
    every = [f"{who}は{when}、{what}{did}。" for did, what, when, who in product(_DID, _WHAT, _WHEN, _WHO)]
    if count > len(every):
        raise ValueError(f"at most {len(every) / _SENTENCES_A_MINUTE:.0f} minutes")
    rows = ["# 町の記録", ""]
    for number, sentence in enumerate(every[:count]):
        if number % _IN_SECTION == 0:
            rows += ["", f"## 第{number // _IN_SECTION + 1}の報告", ""]
        rows.append(sentence)
        if number % _IN_PARAGRAPH == _IN_PARAGRAPH - 1:
            rows.append("")
    return "\n".join(rows) + "\n"
