"""What is left over: decoration is silent, slashes and arrows are short stops."""

from __future__ import annotations

import re

from briefing.reading.spans import Rule, Spans, rewrite

_RULES = (
    Rule(re.compile(r"[(（](?:笑|笑い|爆笑|苦笑|汗|涙|泣|[wｗ]+)[)）]"), "、"),
    Rule(re.compile(r"(?<=[。！？!?])[wｗ]+(?![A-Za-z])"), ""),
    # A bracket ends in no pause before the particle of what stands in front of it.
    Rule(
        re.compile(
            r"(?<=[^\s。！？!?])[)）](?=[をにがはもへ]|の(?!ち)|と(?![こき])|で(?!す|も[、。])|や(?!が)|から|まで|より)"
        ),
        "",
    ),
    Rule(re.compile(r"(?<=[ぁ-んァ-ヶー一-龠々])[ \u3000](?=適量|少々|約|大さじ|小さじ)"), "、"),
    Rule(re.compile(r"(?<=\d)-(?=\d)"), "の"),
    Rule(re.compile(r"(?<=\w)\s{0,4}[/／]\s{0,4}(?=\w)"), "、"),
    Rule(re.compile(r"\s{0,4}[→⇒➡←↑↓⇔]+\s{0,4}"), "、"),
    Rule(re.compile(r"(?<=[A-Za-z0-9ァ-ヶー])[・](?=[A-Za-zァ-ヶ])"), ""),
    Rule(re.compile(r"(?<=\S)[・](?=\S)"), "、"),
    Rule(re.compile(r"^\s{0,4}[-–*•‣・]\s{1,4}"), ""),
    Rule(re.compile(r"[▼▽▲△■□◆◇●○◎★☆※♪♫*_`>|｜・~〜～^\\♡♥❤✓✔✨]+"), "、"),
    Rule(re.compile(r"-{2,}|[―─━—–]+"), "、"),
    Rule(re.compile(r"[\U0001F000-\U0001FAFF\u2600-\u27BF\uFE0F\u200D\U000E0000-\U000E007F]+"), ""),
)


def silence_marks(spans: Spans) -> Spans:
    """Leave decoration unsaid."""
    return rewrite(spans, _RULES, "mark")
