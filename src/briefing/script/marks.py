"""What a single line shows of itself: marks, numbers, endings. Whether it means anything is decided over the document."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_NUMBER = r"(?:[0-9０-９]{1,2}|[①-⑳❶-❿⓵-⓾]|[Ⅰ-Ⅻ]|[一二三四五六七八九十]{1,3})"
_LABEL = rf"\s*(?!図|表|写真|注|資料|別)[^0-9０-９\s\])）】]{{0,6}}\s*(?P<n>{_NUMBER})\s*(?:日目|[部章話回]|つ?目)?\s*"  # in brackets: その1, 第1部, 1日目
_COUNT_AHEAD = r"(?=[0-9０-９]{1,4}(?:年|月|日|つの|人の|周年|代[のに]))"  # a title that begins with a number of its own: 2．9月の行事
_ORNAMENT = "◇◆■□●○☆★＝〜～＊♪"
# Family name, pattern: group `title` is the heading without its mark, group `n` its number.
FAMILIES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("md1", r"#\s+(?P<title>.+)"),
        ("md2", r"##\s+(?P<title>.+)"),
        ("md3", r"###+\s+(?P<title>.+)"),
        ("bar", rf"[|｜┃│]?(?P<n>{_NUMBER})\s*(?:[|｜┃│]|[／/：:・](?![0-9０-９]))\s*(?P<title>.+)"),
        (
            "chapter",
            rf"(?:第\s*(?P<n>{_NUMBER})\s*(?P<unit>[章部回話節条])(?!目)|(?P<d>{_NUMBER})\s*(?P<day>日目|つ目|番目|回目|人目|軒目)(?=[\s　:：、])|(?P<word>議題|議案|講演|報告|手順|工程|項目|話題|案件|審議|事例|質問|テーマ|トピック|その|ポイント|理由|方法|コツ|課題|レッスン|STEP|Step|Part|Chapter|Case|Lesson|Session|Topic)[\s.\-]*(?P<m>{_NUMBER}))(?![.．][0-9０-９])\s*[:：.．、|｜　)）]?\s*(?P<title>.+)",
        ),
        ("square", rf"[\[［【<＜〈《〔≪]{_LABEL}[\]］】>＞〉》〕≫]\s*(?P<title>.+)"),
        ("round", rf"[(（]{_LABEL}[)）]\s*(?P<title>.+)"),
        (
            "dot",
            rf"(?P<n>{_NUMBER})\s*(?:[.．](?:\s+|(?![0-9０-９])|{_COUNT_AHEAD})|(?<=[0-9])．(?=[0-9])|[、)）]\s*)(?P<title>\S.*)",
        ),
        ("decimal", r"(?P<n>[0-9０-９]{1,2})[.．\-－](?P<part>[0-9０-９]{1,2})[.．]?[\s　]+(?P<title>\S.*)"),
        (
            "date",
            r"(?P<title>(?:[12１２][0-9０-９]{3}年\s*)?(?:[0-9０-９]{1,2}|[一二三四五六七八九十]{1,3})月(?:[0-9０-９]{1,2}|[一二三四五六七八九十]{1,3})日(?:\s*[(（][^()（）]{1,5}[)）])?[^。！？!?]{0,16})",
        ),
        ("keycap", r"(?P<n>[0-9０-９])\ufe0f?\u20e3\s*(?P<title>.+)"),
        (
            "counted",
            rf"(?!図|表|写真|注|資料|別)(?:第\s*(?P<n>{_NUMBER})(?P<unit>の?[一-龠]{{1,3}})|(?P<d>{_NUMBER})(?P<day>[一-龠]?(?:目|つめ)|[章部位])|(?P<word>[一-龠々ぁ-んァ-ヴー]{{1,6}}|[A-Za-z]{{2,8}}|[#＃№])\s*\.?\s*(?P<m>[0-9０-９]{{1,2}}|[①-⑳])|(?P<mark>其の)(?P<o>{_NUMBER}))(?![.．][0-9０-９])(?:\s*[:：.．|｜、]\s*|[\s　]+|(?=[「『]))(?P<title>\S.*)",
        ),
        ("circled", r"(?P<n>[①-⑳❶-❿⓵-⓾➀-➉➊-➓⑴-⒇⒈-⒛㈠-㈩])\s*(?P<title>.+)"),
        ("roman", r"(?P<n>[Ⅰ-Ⅻ]|[IVX]{1,4}(?=[.．\s　]))\s*[.．、]?[\s　]*(?P<title>\S.*)"),
        ("space", r"(?P<n>[0-9０-９]{1,2})[\s　]+(?P<title>\S.*)"),
        ("kanji", r"(?P<n>[一二三四五六七八九十]{1,3})[\s　]+(?P<title>\S.*)"),
        ("lens", r"【(?P<title>[^【】]+)】(?:[（(][^（()）]*[)）])?"),
        (
            "framed",
            rf"(?P<mark>[{_ORNAMENT}―─—]|[=*~－━-]{{2}})[{_ORNAMENT}=*~－―─━-]*\s*(?P<title>[^{_ORNAMENT}]+?)\s*(?:[{_ORNAMENT}―─—]|[=*~－━-]{{2}})+",
        ),
        (
            "mark",
            r"(?P<mark>(?![▪▫✓✔☑❶-➓])[§〇\u2580-\u27bf\U0001f300-\U0001faff]|[＊♪](?=[\s　]))\ufe0f?\s*(?P<title>.+)",
        ),
        (
            "corner",
            r"(?P<mark>[<＜〈《≪〔［〖『\[])(?P<title>[^<>＜＞〈〉《》≪≫〔〕［］〖〗『』\[\]]+)[>＞〉》≫〕］〗』\]](?:[（(][^（()）]*[)）])?",
        ),
        ("numeral", rf"[〈《＜<【\[［(（]?(?P<title>(?P<n>{_NUMBER}))[〉》＞>】\]］)）.．、]?"),
        (
            "person",
            r"(?P<title>[^\s　、。：:]{1,10}[\s　](?:[^\s　、。：:]{1,8}[\s　]?)?(?:議員|委員|先生|さん|氏|君)(?:[（(][^（()）]{1,16}[)）])?)",
        ),
    )
)
# Marks that open a list, a note or a quotation as often as a heading: only the place of all their lines tells.
WEAK_FAMILIES: tuple[re.Pattern[str], ...] = (
    re.compile(
        r"(?P<mark>[・･*＊#＃→➤➔⇒|｜┃+＋:：~〜～\-－–—»≫](?![\-－–—*＊=~〜～]))\s*(?P<title>[^。！!|｜┃#＃]{1,40}?)\s*(?P=mark)?"
    ),
    re.compile(r"(?P<mark>「)(?P<title>[^「」。]{2,30})」"),
    re.compile(r"(?P<mark>[（(])(?P<title>[^（()）。]{4,24})[)）]"),
    re.compile(r"(?P<mark>[【［〔])(?P<title>[^【】［］〔〕。]{1,16}[】］〕][^。【】：:]{2,28})"),
    re.compile(r"(?P<mark>[▲△])[\s　]*(?P<title>[^▲△。]{2,30}?)[\s　]*[▲△]?"),
)
OPENING = re.compile(
    r"(?:はじめ(?:に|まして)|初めに|まえがき|前書き|まえおき|序文|序|導入|リード|概要|あらまし|要旨|要約|イントロダクション|Introduction|オープニング|(?:開会の|(?!閉会|終わり|来賓)[^\sのをに]{0,6})(?:ご?あいさつ|ご?挨拶)|プロローグ|序章|序に[か代]えて|イントロ|前置き|冒頭|最初に|巻頭(?:言|の(?:ことば|言葉))|(?:この(?:記事|本|資料|連載|便り|号)|今号)について|(?:発刊|刊行|創刊|連載|掲載)に(?:あたって|寄せて)|TL;?DR|.{0,8}(?:みなさま|皆様|皆さま|皆さん|みなさん)へ)"
)
CLOSING_WORD = re.compile(
    r"(?:おわり|終わり|終り|さいご|最後(?!の)|最後の(?=ひとこと|一言|あいさつ)|まとめ|あとがき|後書き|結び|むすび|おしまい|編集後記|後記|次回(?:予告|開催)?|次号(?:予告)|次(?:回)?の定例会|結論|総括|ふり[かが]え[りっ]て?|振り返[りっ]て?|[し締]めくくり|追伸|謝辞|閉会(?:に(?:あたって|あたり|際して))?|つぶやき|から一言|ひとこと|後日(?:談)?)(?:に|[のと].{1,10}|に代えて|にかえて|のあいさつ|から)?|次の定例会は|以上"
)
CLOSING = re.compile(
    rf"(?:.{{0,8}}[部局室係会課手者員長人家]|カウンター|スタッフ|担当)(?:から|より)|(?:編集(?:部|室|係|委員)?|カウンター|事務局|スタッフ|担当)の.{{1,6}}|"
    rf".{{0,8}}(?:{CLOSING_WORD.pattern})(?:[:：―–—].+)?|.{{1,10}}を終えて|(?:座談会|対談|鼎談|取材|インタビュー|講演|収録|会議?)の?(?:あと|後|終わり|おわり)(?:に|で)?|.{{0,6}}(?:帰って|帰宅して|帰り着いて)から|これから(?:のこと)?|(?:来年|来季|次|今後|次年)(?:度|回)?(?:に|へ)(?:の抱負|向けて)|(?:来年|来季|来シーズン|次のシーズン)の(?:こと|予定|目標)|次回の?(?:例会|会合|会議|集まり|練習|勉強会|当番|作業)|(?:来年|来季|次年度|次回|次の(?:係|当番|担当|人))(?:度)?への(?!道).{{1,6}}|(?:来年|次に|これから).{{0,8}}(?:人|方|皆さん|みなさん)へ|(?:事務)?連絡事項|所感|感想|.{{0,8}}ひとりごと|次[回号][はもへ].{{1,10}}|今後の(?:対応|日程)|次[節戦月]の.{{2,8}}|(?:[0-9０-９]{{1,2}}|[一二三四五六七八九十]{{1,3}})月の予定|(?:半年|[0-9０-９一二三四五六七八九十]{{1,3}}(?:年|[かカヶケ]月|週間))[た経]って|(?:お|御)礼|感謝(?:を(?:こめ|込め)て)?|(?:読者|会員|保護者|お客さま|ご?参加)?の?(?:みなさま|皆様|皆さま|皆さん|みなさん)へ|.{{1,8}}の?ご?(?:あいさつ|挨拶)|エンディング|[総講]評|エピローグ|終章|結語|(?:書き|読み|編み|歩き|話し)終えて|ご?(?:あいさつ|挨拶)に[か代]えて|Conclusion|Outro|[PＰ][.．]?[SＳ][.．]?"
)
CONTENTS = re.compile(
    r"(?:進行表|本?(?:編|記事|文|日|号)の(?:構成|内容|流れ|目次|もくじ|トピック|もくろく)|目[\s　]*次|も[\s　]*く[\s　]*じ|次[\s　]*第|議事次第|INDEX|Index|Contents|CONTENTS|今(?:週|号|月|回)の(?:内容|中身|なかみ|目次|もくじ|ならび|ラインナップ|トピック|メニュー|記事|お品書き)|この記事(?:で|の)(?:わかること|内容|中身|目次|流れ)|アジェンダ|(?:今|本)日の(?:話|内容|話題|メニュー)|もくじ|.{0,6}(?:目次|もくじ))"
)
PROMO_TITLE = re.compile(
    r"(?:(?:会社|企業|団体|法人|財団|協会|組合|主催者?|館|店舗)の?(?:概要|情報|案内)|(?:本件に関する)?(?:お)?問い?合わ?せ(?:先)?|本件に関するお?問い?合わ?せ先?|参考(?:文献|資料|リンク|URL|サイト)?|関連(?:する)?(?:記事|リンク|情報|ページ|サイト|資料)|(?:あわ|合わ)せて(?:読みたい.{0,4}|お?読み(?:ください|下さい)|どうぞ)|(?:.{0,4}おすすめ|人気|過去|前回まで|最近|新着|よく読まれて(?:いる|る)|(?:こちら|次|他|ほか|その他|同じ.{1,6})の)の?(?:記事|エントリー|投稿|バックナンバー)(?:も.{0,6}|一覧)?|リンク集?|出典|(?:宣伝|広告|PR)|クレジット|協賛(?:企業|団体)?|(?:取材)?協力|(?:ご?支援|ご?寄付|ご?サポート|カンパ)の(?:お願い|ご?案内)|(?:著者|筆者|執筆者|書き手|作者|講師|訳者|記者|ライター|出演者)(?:の?(?:紹介|プロフィール|略歴))|サポート(?:窓口|センター)?|プロフィール|SNS|フォロー.*|運営会社|掲載元|配信(?:の?(?:停止|登録|解除|変更).*|について)|.{0,10}(?:ご?お?問い?合わ?せ(?:先|窓口)?|.{0,20}(?:に関する|について|からの|への)(?:ご?お?問い?合わ?せ|ご?連絡)(?:先|窓口)?|ご?連絡(?:先|窓口)|ご?相談(?:窓口|先))|(?:関連の?|その他の?)お知らせ|(?:株式会社|合同会社).{1,16}について|.{1,16}(?:株式会社|合同会社)について|ご意見.*|(?:(?:この|今回の)[^\s。]{1,8}を)?(?:書いた|話した|聞いた|つくった|作った|撮った|訳した)(?:人|ひと)(?:について|の紹介|たち)?|(?:著者|筆者|執筆者|書き手|ライター)(?:について|一覧)|引用文献|購読.*|(?:次回|今後)のお知らせ)"
)
QUESTION = re.compile(
    r"[■◆▼●◇□○▽★☆*]*\s*[【\[［（(＜<〈《〔≪]?(?:[QＱ]|(?:再々?)?問|再々?質問|(?!一般質問|代表質問)(?:.{0,4}(?:質問|しつもん|相談)[①-⑳]?)|問い|第[0-9０-９]+問(?=[\s　]))\s*(?P<n>(?:[0-9０-９]+(?:[-－‐–.．の][0-9０-９]+)?)?)\s*[.．:：、)）|｜\s　】\]］＞>〉》〕≫／→⇒＝]+(?:\*\*)?\s*(?P<title>.+)"
)
ANSWER = re.compile(
    r"(?:\*\*)?[【\[［（(＜<〈《〔≪]?(?:[AＡ]|(?:再々?)?答(?:弁)?|回答|お?答え|お?へんじ|お?返事|こたえ)\s*(?P<n>(?:[0-9０-９]+(?:[-－‐–.．の][0-9０-９]+)?)?)(?:[（(][^（()）]{1,16}[)）])?\s*[.．:：、)）|｜\s　】\]］＞>〉》〕≫／→⇒＝]+(?:\*\*)?\s*(?P<title>.+)"
)
NOTE_WORD = (
    r"補足(?:説明|情報)?|(?<=[【《〔［＜〈])ことば|解釈|解説|注(?:釈|記|意(?:点|事項)?)?|警告|ご注意|用語(?:の?(?:解説|説明))?|豆知識|(?:ミニ)?コラム|(?:ひとこと|ひとくち|一口|ちょこっと|ワンポイント)?メモ|ワンポイント(?:アドバイス)?|(?:まめ|ミニ)知識|(?:まめ|豆)ちしき|(?<=【)ひとこと(?=】)|参考|決定(?:事項)?|決議(?:事項)?|議決|合意事項|宿題|補記|追記|ただし書き|但し?書き?|付記|余談|ポイント|"
    r"筆者(?:メモ|注|コメント)|編集部(?:注|より)|訳注|脚注|備考|ちなみに|ヒント|Tips?|TIPS?|原注|註釈?|用語メモ|なお書き|Note|NOTE|MEMO|Memo"
)
NOTE = re.compile(
    rf"(?:[⚠❗❕💡📝ℹ📌]\ufe0f?\s*(?:{NOTE_WORD})\s*[:：]|ご注意[\s　]+(?=.*。)|※|[†‡]|[(（]※[0-9０-９]*[)）]|→\s*注(?:[:：]|[\s　])|[(（](?:{NOTE_WORD})[:：](?=.*[)）]$)|[【［\[〔（(][^\s【】［］（）()]{{1,6}}注(?:釈|記)?[】］\]〕）)][:：\s]?|＊\s(?=.*。$)|[＊*](?![＊*\s])(?!.*[＊*]$)|[【\[［(（<＜〈≪《](?:{NOTE_WORD})[0-9０-９]*[】\]］)）>＞〉≫》]?\s*[:：]?|(?:{NOTE_WORD}|注)\s*[0-9０-９]*(?:[（(][^（()）]{{1,16}}[)）])?\s*[)）:：＝=]|[（(]※(?=.*[)）]$)|(?:ただし書き|但し?書き?|追記|付記|補記|備考)(?:[（(][^（()）]{{1,16}}[)）])?[\s　]+(?=.*。)|(?:(?:編集部|編者?|訳者?|筆者|著者|校|原|脚)?注[0-9０-９]*)[\s　]+|【写真】|[(（［\[〔【][^（()）：:\s]{{0,6}}注[:：](?=.*[)）］\]〕】]$)|[【［\[〔（(][^\s【】［］（）()]{{1,5}}(?:より|から|追記|補足)[】］\]〕）)][:：\s]?|〔(?:注|補注|編注)[0-9０-９]*〕|\*\*(?:{NOTE_WORD})(?:[:：]\*\*|\*\*\s*[:：])|\[\^\w+\]:|[*＊][0-9０-９]+\s)\s*(?P<title>\S.+)"
)
NOTE_LABEL = re.compile(
    rf"[⚠❗💡\ufe0f▼▽◆◇■□●○◎★☆【○\[［〔（(<＜〈≪《「*・＊\s]*(?P<title>{NOTE_WORD})[】\]］〕）)>＞〉≫》」*]*\s*[:：！!]?\s*$|[<＜〈≪《【\[](?:コラム|COLUMN|Column)[>＞〉≫》】\]]\s*(?P<column>\S.*)"
)
LIST = re.compile(
    r"(?!\*[^*]+\*$)(?:[一二三四五六七八九十]{1,2}、|[－—][\s　]+|[・‣•◦▪▫‐\-–*+➤➔➢▸✓✔☑□✅👉🔸🔹](?![-*+])\s*|[0-9０-９]{1,2}(?:[.．](?:\s+|(?![0-9０-９]))|[)）]\s*|位[\s　：:]+)|[①-⑳❶-❿➀-➓⑴-⒇⒈-⒛㈠-㈩ⅰ-ⅻ][\s　]*|[(（](?:[0-9０-９]{1,2}|[ア-ンa-zA-Z]|[ivx]{1,4})[)）]\s*|[a-zA-Zア-ン][)）.．]\s*)(?P<title>\S.*)"
)
# What opens an item in a list and is no mark by itself: ア, 一, A, ○, ★.
ITEM_MARK = re.compile(
    r"(?:[■□◆◇●○〇▪▫◎★☆※→⇒➡][\s　]*|(?:[0-9０-９]{1,2}|[一二三四五六七八九十]{1,3}|[ア-ンa-zａ-ｚA-HＡ-Ｈ甲乙丙丁ⅰ-ⅻ])(?:[.．、)）][\s　]*|[\s　]+))(?=[^\s])"
)
DIVIDER = re.compile(
    r"[-－―─━…‥・=＝✂\s　]{3,}(?:切り?取り?|キリトリ|きりとり)線?[-－―─━…‥・=＝✂\s　]{3,}|(?:[-‐‑‒–ー－―─━═=＝_＿*＊~〜～・…‥◆◇■□●○☆★♪＋+#＃\s　]){3,}|[-－―─]{2}|[┌└┏┗╔╚╭╰][─━═]*[┐┘┓┛╗╝╮╯]|[┌└┏┗╔╚╭╰][─━═]+|(?:[×✕][\s　]*){3,}|[◇◆■□●○◯☆★♪＊*✽※§⁂❖✿❀†△▽▲▼＃#＋+～〜~]{1,2}"
)
URL = re.compile(r"(?:https?://|www\.)[^\s）)」]+")
MD_LINK = re.compile(r"\[(?P<title>[^\]]*)\]\([^)]*\)")
DATE = re.compile(
    r"(?:[12１２][0-9０-９]{3}\s*[年/.-]\s*[0-9０-９]{1,2}|[一二三四五六七八九〇]{4}年[一二三四五六七八九十]{1,2}月|(?:令和|平成|昭和)\s*[0-9０-９元一二三四五六七八九十]{1,3}\s*年(?!度|第)|[0-9０-９]{1,2}月\s*[0-9０-９]{1,2}日)"
)
META_LABEL = re.compile(
    r"[\s・●■*\-]*(?:[一-龠]{1,4}者(?=[:：])|添付(?:書類|資料|ファイル)?|(?:発行|編集|制作|文書?)?責任者?|発行所|編集[・／]?発行|発行[・／]?編集|質問者|答弁者|別添|同封(?:物|書類)?|お?問い?合わ?せ先?|連絡先|お?申し?込み?先?|参加|投稿者|記者|スポンサー|協賛|[あ宛]て?先|書いた人|報告|カテゴリー?|(?:関連|ハッシュ)?タグ|記(?=[:：])|初出|底本|[Tt]ext|[Pp]hotos?|読了|担当|ライター|(?:取材|構成|文|写真|撮影|聞き手|編集|執筆|レシピ|イラスト|作画|監修|翻訳)(?:[・＝=と](?:取材|構成|文|写真|撮影|聞き手|編集|執筆|考案))*|レシピ考案|時間|とき|ところ|講師|評者|書き手|話し手|語り手?|発表者?|出演|ゲスト|開催日|傍聴|キーワード|商号|従業員(?:数)?|日時|日付|日程|開催日時?|場所|会場|開催場所|出席(?:者|委員)?|欠席(?:者|委員)?|参加者?|書記|司会|進行|文責?|聞き手|取材|構成|写真|撮影|発行(?:日|元|者|人)?|編集(?:人|長|部)?|著者?|筆者|執筆|作成(?:日|者)?|更新(?:日|者)?|公開日?|投稿日?|登壇者?|主催|協力|記録|所在地|住所|電話(?:番号)?|TEL|Tel|FAX|E-?mail|メール|URL|担当|広報担当|設立|会社名|商号|代表(?:者|取締役)?|資本金|事業内容|ホームページ|公式サイト|Web|By|by|共催|後援|取材協力|印刷|制作|記録|出版|頁数|ページ数)\**(?:\s*[:：=＝／]\s*|　+|(?<=[ぁ-んァ-ヶー一-龠]) +)\S"
)
PROMO = re.compile(
    r"(?:^[▼▽■□◆◇●○・※→▶☆★\s]*(?:関連|前の?|次の?|[前次]回の?|過去の?|おすすめの?)(?:記事|号|回|投稿|エントリー)[:：「]|【PR】|［PR］|広告(?:リンク|を含)|アフィリエイト|友だち追加|メンバーシップ|ランキングに参加|ぽちっ|ポチッ|励みになります|スターを|通販|買えます|販売中|発売中|好評|#?PR:|フォロー|チャンネル登録|投稿してください|シェアしてください|ダウンロードはこちら|アプリ(?:を|は|の)|ご寄付|寄付は|応援(?:して|よろしく)|マシュマロ|質問箱|高評価|いいね|スキ(?:を|と|して|ボタン)|シェア(?:して|を|する)|拡散|メルマガ|メールマガジン|購読|バックナンバー|登録[・/／]解除|配信停止|解除は|公式(?:LINE|X|Twitter|アカウント)|ご登録|お申し込みは|申込はこちら|詳細はこちら|詳しくはこちら|こちらから(?:お|ご)|コメントで教えて|読んで(?:いただ|下さ|くださ)(?:き|いて|り|って)(?:、)?(?:ありがとう|誠に)|お読みいただき|最後までご?(?:覧|読|拝)|サポート(?:いただ|して)|(?:X|Twitter|Instagram|Facebook|note|YouTube)(?:アカウント|では|で(?:も)?発信|も(?:やって|更新)))"
)
STRONG_PROMO = re.compile(
    r"(?:【PR】|［PR］|広告(?:リンク|を含)|アフィリエイト|友だち追加|公式LINE|メンバーシップ|ランキングに参加|ぽちっ|ポチッ|フォロー(?:お願い|して|いただ|を(?:お願い|よろしく)|[・と])|チャンネル登録|高評価|メルマガ|メールマガジンの|バックナンバー|登録[・/／]解除|配信停止|(?:スキ|いいね)(?:を|と|や|して))"
)
# What an offer of one's own is headed by, at the end of a text.
OFFER = re.compile(
    r"ませんか|ください|(?:でき|いただけ|もらえ|見られ|買え|受け付けてい|募ってい|お?待ってい|お待ちしてい)ます[！!]?$|受付中|アクセス|窓口|ダウンロード|ご?案内|募集|お知らせ|応募|^次回の(?!予定|日程|日時|会議|開催|定例)"
)
QA_TITLE = re.compile(r"(?:質疑応答|質疑|質問コーナー|(?:よくある)?ご?質問(?:と(?:回答|答え))?|FAQ|Q\s?[&＆]\s?A)")
CONTACT = re.compile(
    r"(?:☎|℡|📞|電話|TEL|Tel|FAX)[\s　:：]*[0-9０-９〇○][-－‐―0-9０-９〇○()]{6,}[\s　]*[（(][^（()）]*[)）]$|(?:☎|℡|📞|電話|TEL|Tel|FAX|問い合わせ)[^。]*(?:(?:[0-9０-９〇○][-－‐−–―()（）\s]*){5}|内線)[^。]*$|^問[\s　]+\S+[\s　]+[☎℡0-9０-９]|^〒\s*[0-9０-９]|^[^。]*(?<![0-9０-９])0[0-9０-９]{1,4}[-－‐–(（][0-9０-９]{1,4}[-－‐–)）][0-9０-９]{3,4}[^。]*$|^[^。]*[\s　（(]内線[\s　]*[0-9０-９][^。]*$|^[^。@]{0,32}?(?<![\w.])[\w.+-]+@[\w-]+(?:\.[\w-]+)+(?:[\s　]*[（(][^（()）。]*[)）])?$"
)
# What ends a text without being said: an end mark, rights, tags alone.
COLOPHON = re.compile(
    r"[(（【［\[＜<〈《〔―─—\s]*(?:以[\s　]*上|完|了|おわり|終わり?|おしまい|つづく|続く|[Ff][Ii][Nn]|END|End)[)）】］\]＞>〉》〕―─—\s]*|(?:©|[Cc]opyright|\([Cc]\)).*|.{0,8}(?:無断.{0,6}(?:転載|複製)|転載を).{0,8}禁.{0,8}|(?:[#＃][^\s#＃]+[\s　]*)+"
)
_PICTURE_NUMBER = r"[0-9０-９一二三四五六七八九十①-⑳]*(?:[-－.．][0-9０-９]+)?"
CAPTION = re.compile(
    rf"[（(*]*(?:写真|画像|図版?)(?:{_PICTURE_NUMBER}(?:[：:＝=）)]|[\s　](?=\S))|(?<=[（(]写真)は).+|[［\[〔](?:写真|図版?)(?:{_PICTURE_NUMBER}[］\]〕]\s*\S.*|{_PICTURE_NUMBER}[：:＝=][^］\]〕]+[］\]〕])|[▲△↑↓←]\s*\S.*|[【［\[〔](?:写真|図表?|グラフ|表|イラスト){_PICTURE_NUMBER}[】］\]〕]\s*\S.*"
)
CREDIT = re.compile(
    r"[（(](?:写真|画像|図)[0-9０-９]*[：:＝=）)][^。]*[)）]?|[（(]?(?:(?:写真|画像)(?:提供|撮影)|撮影|提供|画像)[：:＝=／・].*|写真[＝=／][^。]{2,20}"
)
SIGNATURE = re.compile(
    r"[（(](?!.*(?:です|ます|ません|でした|ました|ください)[)）]$)(?:[^（()）。]|[（(][^（()）]*[)）]){2,32}[)）]|[^。、]{1,24}[\s　]+(?:印|㊞|[（(]印[)）])|(?:代表取締役|取締役|社長|会長|理事長|校長|所長|編集長)\S*[\s　]+\S[^。]{1,16}"
)
VOICE = re.compile(r"「[^」]{6,}」\s*[（(―—][^)）]{1,24}[)）]?")
HANDLE = re.compile(r"(?:^|[\s→:：(（])@[A-Za-z0-9_]{3,}")
SENTENCE_END = re.compile(
    r"[。.！!？?」』）)…]$|(?:です|ます|でした|ました|ません|である|だった|した|する|いる|ある|ない)[。]?$"
)
FULL_STOP = re.compile(r"[。！!？?…]\s*[)）」』]?(?:[(（]笑[)）])?$")
WORD = re.compile(r"[^\W\d_〇]")  # a letter of one
STATES = re.compile(r"[。…]\s*[)）」』]?$")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A line that could be a heading of a family."""

    line: int
    family: str
    title: str
    number: int | None


EMOJI = re.compile(r"^[\u2600-\u27bf\U0001f300-\U0001faff]\ufe0f?\s*|\s*:[a-z_]+:$")
_RULE_BEHIND = re.compile(r"(?<=[^\s─━―－=＝~〜—-])\s*[─━―－=＝~〜—-]{3,}$")


def without_rule(text: str) -> str:
    """Give a line without the rule that is drawn behind its words.

    >>> without_rule("■題 ─────")
    '■題'
    """
    return _RULE_BEHIND.sub("", text)


_SECOND_NUMBER = re.compile(
    rf"^(?:[一二三四五六七八九十]{{1,3}}[、.．:：]\s*|[0-9０-９]{{1,2}}(?:[.．、:：]\s*(?:(?![0-9０-９])|{_COUNT_AHEAD})|[)）|｜／]\s*|[\s　]+)|[①-⑳❶-❿]\s*|[0-9０-９]{{1,2}}(?=「)|(?:[0-9０-９]{{1,2}}|[一二三四五六七八九十]{{1,3}})\s*[◆◇■□●○★☆▼▽♪]+\s*)(?=\S)"
)


_SECOND_MARKS = (
    *(pattern for name, pattern in FAMILIES if name in ("chapter", "square", "round", "lens")),
    re.compile(
        r"[一-龠々ぁ-んァ-ヴー]{1,8}(?:[0-9０-９]{1,2}|[①-⑳])(?:\s*[:：　]\s*|(?=[「『]))(?P<title>\S.*)"
    ),  # 相談その１　題
)


def _without_second(title: str) -> str:
    """Give a title without the number or the box that follows its mark: ■第1部　題, 1. 【題】."""
    found = next(filter(None, (pattern.fullmatch(title) for pattern in _SECOND_MARKS)), None)
    return found["title"] if found else _SECOND_NUMBER.sub("", title)


def heading_candidates(line: int, text: str) -> tuple[Candidate, ...]:
    """Give every family that the line's form fits; Markdown excludes the others. A rule drawn behind the words is no part of them."""
    out = []
    text = without_rule(text)
    for name, pattern in FAMILIES:
        match = pattern.fullmatch(text)
        if not match:
            continue
        groups = match.groupdict()
        number = parse_number(groups.get("n") or groups.get("m") or groups.get("d") or groups.get("o"))
        if number is not None and groups.get("part"):
            number = number * 100 + (parse_number(groups["part"]) or 0)
        family = name + (groups.get("mark") or groups.get("word") or groups.get("unit") or groups.get("day") or "")
        title = EMOJI.sub("", groups["title"]).strip(" #　") or groups["title"]
        title = title.removesuffix(groups.get("mark") or " ").rstrip()  # ❖ 題 ❖
        if name == "lens":
            title = _SECOND_NUMBER.sub("", title)
        elif name.startswith(("md", "mark", "framed", "dot")):
            title = _without_second(title)
        out.append(Candidate(line, family, title, number))
        if name.startswith("md"):
            break
    return tuple(out)


def weak_candidate(line: int, text: str) -> Candidate | None:
    """Give the family of a line whose mark heads a section only where all that carry it stand as headings do."""
    match = next(filter(None, (pattern.fullmatch(text) for pattern in WEAK_FAMILIES)), None)
    if match and match["mark"] in "【［〔":  # what the box says belongs to the title: 【1日目 11:20】船の上
        return Candidate(line, "weak" + match["mark"], text, None)
    return Candidate(line, "weak" + match["mark"], match["title"], None) if match else None


_NUMERALS = ("❶❿", "ⅠⅫ", "➀➉", "➊➓", "⑴⒇", "⒈⒛", "㈠㈩")  # first and last of each row


def parse_number(text: str | None) -> int | None:
    """Give a heading's number: digits, circled, kanji up to 99.

    >>> parse_number("十二"), parse_number("③")
    (12, 3)
    """
    if not text:
        return None
    row = next((row for row in _NUMERALS if len(text) == 1 and row[0] <= text <= row[1]), "")
    if row:
        return ord(text) - ord(row[0]) + 1
    folded = unicodedata.normalize("NFKC", text)
    if folded.isdigit():
        return int(folded)
    digits = "〇一二三四五六七八九"
    tens, ten, ones = folded.partition("十")
    if not ten:
        return digits.index(folded) if folded in digits else None
    return (digits.index(tens) if tens else 1) * 10 + (digits.index(ones) if ones else 0)


def flatten(text: str) -> str:
    """Give text in the form in which titles are compared: NFKC without blanks."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()


def without_links(text: str) -> str:
    """Give text with Markdown links as their words and addresses taken out."""
    return URL.sub("", MD_LINK.sub(lambda m: m["title"], text))
