"""What a page leaves in a text that was copied from it, in the forms that sites give it; and what only looks like it."""

from __future__ import annotations

import pytest

from briefing.model import Role
from briefing.script.pages import page_roles

CRUMBS = (
    "ホーム > くらし > ごみ", "トップページ＞観光", "HOME › 新着 › 六月", "TOP » ブログ", "ホーム / 制度 / 届け出", "現在位置：トップページ > 図書館",
    "村議会 > 会議の結果 > 令和6年", "社内ポータル＞総務＞安全衛生＞報告", "組織でさがす » 福祉部 » 高齢課", "ホーム → しごと → 畜産",
)  # fmt: skip
NO_CRUMBS = ("川 > 橋", "橋と川／石の町", "＞橋はいつ渡れますか", "春→夏→秋の川", "【ホーム】川の話")


@pytest.mark.parametrize("line", CRUMBS)
def test_the_way_to_a_page_stands_above_its_title(line: str) -> None:
    assert page_roles([line, "", "川と橋の話", "", "川は広い。"]).get(1) is Role.META


@pytest.mark.parametrize("line", NO_CRUMBS)
def test_a_title_with_an_arrow_is_no_way_to_a_page(line: str) -> None:
    assert 1 not in page_roles([line, "", "川と橋の話", "", "川は広い。"])


def test_three_steps_right_above_the_text_are_its_title() -> None:
    assert not page_roles(["春 > 夏 > 秋の川", "", "川は広い。"])


LINKS = (
    "川の手引き（PDF：1.2MB）", "川の手引き [PDFファイル／345KB]", "届け出の用紙（ワード：33KB）", "橋の一覧(Excel 20KB)", "川の会のページ（外部リンク）", "議会の録画（外部サイト）",
    "橋の地図<外部リンク>", "川の地図（別ウインドウで開く）", "川の地図（新しいウィンドウが開きます）", "【PDF】川の手引き 【PDF】", "橋の図（PDF形式、1.2メガバイト、3ページ）",
    "このページの情報は役に立ちましたか。", "このページの内容はわかりやすかったですか？", "この記事は参考になりましたか", "こちらのページは見つけやすかったですか",
    "○役に立った　○どちらともいえない　○役に立たなかった", "はい / いいえ", "□満足　□やや満足　□普通　□不満", "参考になった 参考にならなかった",
    "メールが正しく表示されない場合はこちら", "※このメールがうまく表示されない方は、こちらをご覧ください。", "HTMLメールが表示されない場合はWeb版へ", "ブラウザで表示する", "Web版を見る", "View this email in your browser", "画像が表示されない場合はこちらから",
)  # fmt: skip
NO_LINKS = (
    "PDF版を用意しました。", "川の手引き（PDF版 第2号）", "少し歩いて　少し休む", "返事は、はい、いいえの二つだ", "満足のいく川だった", "橋は役に立った", "この記事は川の話です。", "画像が表示されない場合は電源を入れ直します。",
    "川の地図（別の紙）", "窓を開く（新しい風）", "外部サイトを開く", "メールは読まれない",
)  # fmt: skip


@pytest.mark.parametrize("line", LINKS)
def test_what_a_page_sets_behind_a_link_is_one(line: str) -> None:
    assert page_roles(["川の話", "", line, "川は広い。"]).get(3) is Role.LINK


@pytest.mark.parametrize("line", NO_LINKS)
def test_text_that_speaks_of_links_is_told(line: str) -> None:
    assert not page_roles(["川の話", "", line, "川は広い。"])


def test_a_title_is_no_link_though_it_names_a_file() -> None:
    assert not page_roles(["川の手引き（PDF）", "", "川は広い。"])


CUES = ("♪テーマ曲", "♪ オープニング曲", "（BGM）", "［音楽］", "（テーマ曲、フェードアウト）", "～♪エンディング曲♪～", "♪ BGM：川の歌", "【ジングル】", "♪「川の歌」森一郎", "＜CM＞", "SE：波の音", "♪ 曲　川の歌", "（挿入歌が流れる）")  # fmt: skip
NO_CUES = (
    "♪おたより「川は」",
    "【オープニング】",
    "音楽の話",
    "曲がり角の橋",
    "（音を聞く）",
    "CMに出た橋",
    "♪ 春の川",
    "SE",
)


@pytest.mark.parametrize("line", CUES)
def test_what_is_played_is_not_read(line: str) -> None:
    talk = ("森：橋は古いですか。", "谷：古いです。")
    found = page_roles(["川のラジオ", "", line, *talk, line, *talk])
    assert (found.get(3), found.get(6)) == (Role.META, Role.META)


@pytest.mark.parametrize("line", [*NO_CUES, "【音楽】"])
def test_what_only_sounds_is_told(line: str) -> None:
    assert not page_roles(["川のラジオ", "", line, "森：橋は古いですか。"])
