"""Dates and clock times, written out with their units; the front end knows how 1月1日 is said."""

from __future__ import annotations

import re

from briefing.reading.spans import Rule, Spans, rewrite

_ERAS = {"R": "令和", "H": "平成", "S": "昭和", "T": "大正", "M": "明治"}
_MONTH, _DAY = r"(?:1[0-2]|0?[1-9])", r"(?:3[01]|[12]\d|0?[1-9])"
_WEEKDAYS = {d: f"{d}曜日" for d in "月火水木金土日"} | {"祝": "祝日", "休": "休日"}
_BRACKETED = r"\s*[(（](?P<days>[月火水木金土日祝休](?:[・、/]?[月火水木金土日祝休])*)(?P<full>曜日?)?[)）]"
# What follows a day and never a fraction.
_DAY_CUES = r"(?=\s{0,4}(?:に(?!な|当|相|達|満|減|縮|す|と|過|分)|から|まで|より|以降|付|発売|公開|開催|締|〆|予定|時点|現在|放送|配信|開始|終了|実施|午前|午後|朝|夜|昼|正午|\d{1,2}時|の(?:会|朝|夜|昼|午|試合|発表|放送|定例|株|終値|東京|ニュース)|号|、|・|[~〜～–-]))"


def _number(text: str) -> str:
    return str(int(text))


def _full_date(match: re.Match[str]) -> str:
    return f"{match['y']}年{_number(match['m'])}月{_number(match['d'])}日"


def _era_date(match: re.Match[str]) -> str:
    year = "元" if match["y"] in ("1", "01") else _number(match["y"])
    rest = f"{_number(match['m'])}月{_number(match['d'])}日" if match["m"] else ""
    return f"{_ERAS[match['era']]}{year}年{rest}"


def _days(match: re.Match[str]) -> str:
    days = re.findall("[月火水木金土日祝休]", match["days"])
    told = "ドニチ" if days == ["土", "日"] else "、".join(_WEEKDAYS[d] for d in days)
    return f"、{told}" + ("" if _PARTICLE.match(match.string, match.end()) else "、")


def _few_days(match: re.Match[str]) -> str | None:
    """Say several weekdays by their first letters: 月・水・金 as ゲツスイキン; not what is no week, nor two of them without a sign of time."""
    days = re.findall("[月火水木金土日祝]", match["days"])
    in_order = days == sorted(set(days), key="月火水木金土日祝".index)
    is_told = len(days) > 2 or match["full"] or _WEEKLY.search(match.string)
    return (
        "".join(_SHORT[d] for d in days) + ("ヨー" if match["full"] else "") + ("ビ" if match["full"] == "曜日" else "")
        if in_order and is_told
        else None
    )


_SHORT = dict(zip("月火水木金土日祝", ("ゲツ", "カ", "スイ", "モク", "キン", "ド", "ニチ", "シュク"), strict=True))
_WEEKLY = re.compile("毎週|曜|午前|午後|\\d時|定休|休業|休館|休み|営業|開館|開講|診療|受付|練習|週\\d")


_PARTICLE = re.compile(r"[をにがはもへ]|の(?!ち)|と(?![こき])|で|や|から|まで|より")


def _month_day(match: re.Match[str]) -> str | None:
    """Give m/d as a date; a fraction that would be as likely stays one."""
    month, day = int(match["m"]), int(match["d"])
    is_common_fraction = month < day and day in (2, 3, 4, 5, 8, 10)
    return None if is_common_fraction and not match["cue"] else f"{month}月{day}日"


# What a blank may part from its number, but not the words that begin with it: 20 分以上, but 第3 分科会.
_UNITS = "年|月|日(?!本)|時(?![代期])|分(?![野類析担離配裂割科])|秒|週|泊|人(?![気口数生])|名(?!前)|回(?!答)|件(?!名)|個(?!人)|本(?![日社人文年来当部書格])|枚|台(?!風)|社(?![会員長])|歳|円(?!形)|度(?!合)|階|点(?!検)|冊|軒|匹|頭|羽"

_DATES = (
    Rule(re.compile(rf"(?<=\d)[ \u3000](?=(?:{_UNITS}))"), ""),
    Rule(re.compile(r"(?<=\d時)00分"), ""),
    Rule(re.compile(r"(?<=時)0(?=[1-9]分)|(?<![\d.])0(?=[1-9]時)"), ""),
    Rule(
        re.compile(rf"(?<![\d./-])(?P<y>(?:1[6-9]|20)\d\d)(?P<s>[-/.])(?P<m>{_MONTH})(?P=s)(?P<d>{_DAY})(?![\d.])"),
        _full_date,
    ),
    Rule(
        re.compile(rf"(?<![\d./-])(?P<y>(?:19|20)\d\d)/(?P<m>{_MONTH})(?![\d/])"),
        lambda m: f"{m['y']}年{_number(m['m'])}月",
    ),
    Rule(
        re.compile(
            rf"(?<![A-Za-z0-9])(?P<era>[RHSTM])\s?(?P<y>\d{{1,2}})[./年](?P<m>{_MONTH})[./月](?P<d>{_DAY})日?(?!\d)"
        ),
        _era_date,
    ),
    Rule(re.compile(r"(?<![A-Za-z0-9])(?P<era>[RHSTM])\s?(?P<y>\d{1,2})年(?P<m>)(?P<d>)(?!\d{1,2}月\d)"), _era_date),
    Rule(re.compile(r"(?<![A-Za-z0-9])FY\s?(?P<y>\d{4})(?!\d)"), r"\g<y>年度"),
    Rule(re.compile(r"(?<![A-Za-z0-9])FY\s?(?P<y>\d{2})(?!\d)"), r"20\g<y>年度"),
    Rule(re.compile(r"(?<![A-Za-z0-9])(?:Q([1-4])|([1-4])Q)(?![A-Za-z0-9])"), lambda m: f"第{m[1] or m[2]}四半期"),
    Rule(
        re.compile(r"(?<![A-Za-z0-9])([12])H(?=の|に|で|は|決算|業績)"), lambda m: "上半期" if m[1] == "1" else "下半期"
    ),
    Rule(re.compile(r"['’](?=\d\d年)"), ""),
    Rule(
        re.compile(rf"(?<![\d./-])(?P<m>{_MONTH})/(?P<d>{_DAY})(?=\s{{0,4}}[(（][月火水木金土日])(?P<cue>)"),
        lambda m: f"{_number(m['m'])}月{_number(m['d'])}日",
    ),
    Rule(re.compile(rf"(?<![\d./-])(?P<m>{_MONTH})/(?P<d>{_DAY})(?![\d/年])(?P<cue>{_DAY_CUES})"), _month_day),
    Rule(re.compile(rf"(?<=日){_BRACKETED}"), _days),
    Rule(re.compile(rf"(?<=毎週){_BRACKETED}"), _days),
    Rule(
        re.compile(
            r"(?:(?<![一-龠々])|(?<=週))(?P<days>[月火水木金土日](?:[・、/／][月火水木金土日祝])+|[月火水木金土]{1,4}[水木金土日祝])(?P<full>曜日?)?(?!(?!午[前後])[一-龠々])(?=(?:[のはにがともをで、。\s(（]|$|午[前後]|\d))"
        ),
        _few_days,
    ),
    Rule(
        re.compile(r"(?<![一-龠])(?P<a>[月火水木金土日])[~〜～–-](?P<b>[月火水木金土日])(?=曜|の|は|、|に)(?:曜日?)?"),
        r"\g<a>曜から\g<b>曜",
    ),
)


def read_dates(spans: Spans) -> Spans:
    """Say dates: ISO, slashed, with weekdays in brackets, era letters, quarters and fiscal years."""
    return rewrite(spans, _DATES, "date")


def _clock(match: re.Match[str]) -> str:
    hours, minutes, seconds = int(match["h"]), int(match["m"]), match["s"]
    out = f"{hours}時" + (f"{minutes}分" if minutes or seconds else "")
    out += f"{int(seconds)}秒" if seconds else ""
    half = {"AM": "午前", "PM": "午後"}.get((match["before"] or match["after"] or "").upper().replace(".", ""), "")
    return half + out


_HALF = r"[AaPp]\.?[Mm]\.?"
_TIMES = (
    Rule(
        re.compile(
            rf"(?:(?P<before>{_HALF})\s?)?(?<![\d:.])(?P<h>[01]?\d|2\d):(?P<m>[0-5]\d)(?::(?P<s>[0-5]\d))?(?![\d:])(?:\s?(?P<after>{_HALF})(?![A-Za-z]))?"
        ),
        _clock,
    ),
    Rule(
        re.compile(rf"(?P<before>{_HALF})\s?(?P<h>\d{{1,2}})時(?P<m>)(?P<s>)(?P<after>)"),
        lambda m: f"{'午前' if m['before'][0] in 'Aa' else '午後'}{m['h']}時",
    ),
)


def read_times(spans: Spans) -> Spans:
    """Say clock times: 10:05 as 10時5分, 14:00 as 14時."""
    return rewrite(spans, _TIMES, "time")
