"""The timeline adds up to the sample."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from briefing.audio.timeline import FRAME, RATE_HZ, Piece, cut_at_silence, cut_cue, place_clips
from briefing.model import Break, Cue, Mark, VoiceName

VOICE = VoiceName("tone", "low")
PIECES = st.lists(
    st.builds(
        Piece,
        key=st.text("ab", min_size=1, max_size=4),
        length=st.integers(1, 500_000),
        rate_hz=st.sampled_from([22_050, 24_000, 44_100, 48_000]),
        text=st.text("あいう、。「」", min_size=1, max_size=200),
        voice=st.just(VOICE),
        speaker=st.just("語り"),
        pause_ms=st.integers(0, 3000),
        chapter=st.sampled_from(["一", "二"]),
    ),
    min_size=1,
    max_size=20,
)


@given(PIECES, st.integers(0, 3000), st.integers(0, 3000))
def test_clips_lie_in_order_on_frames_and_everything_adds_up(pieces: list[Piece], lead_ms: int, tail_ms: int) -> None:
    line = place_clips(pieces, lead_ms, tail_ms)
    assert [p.key for p in line.placements] == [p.key for p in pieces]
    assert all(p.start % FRAME == 0 for p in line.placements)
    starts = {c.start for c in line.chapters[1:]}
    at = lead_ms * RATE_HZ // 1000
    for piece, place in zip(pieces, line.placements, strict=True):
        if place.start in starts:
            assert place.start % RATE_HZ < FRAME  # a full second: what the notes say is exact
            assert place.start - at <= RATE_HZ + FRAME
        else:
            assert 0 <= place.start - at < FRAME
        at = place.start + place.length + piece.pause_ms * RATE_HZ // 1000
    assert all(a.start + a.length <= b.start for a, b in pairwise(line.placements))
    assert line.length >= line.placements[-1].start + line.placements[-1].length + tail_ms * RATE_HZ // 1000
    assert "".join(c.text for c in line.cues) == "".join(p.text for p in pieces)
    assert line.chapters[0].start == 0
    assert line.chapters[-1].end == line.length
    assert all(a.end == b.start for a, b in zip(line.chapters, line.chapters[1:], strict=False))


@given(PIECES, st.integers(0, 3000), st.integers(0, 3000))
def test_stretches_are_whole_frames_that_add_up_and_cut_only_silence(
    pieces: list[Piece], lead_ms: int, tail_ms: int
) -> None:
    line = place_clips(pieces, lead_ms, tail_ms)
    stretches = cut_at_silence(line)
    assert sum(s.length for s in stretches) == line.length
    assert all(s.length % FRAME == 0 for s in stretches)
    begins = [sum(s.length for s in stretches[:n]) for n in range(len(stretches))]
    moved = [replace(p, start=p.start + a) for a, s in zip(begins, stretches, strict=True) for p in s.placements]
    assert moved == list(line.placements)
    for stretch in stretches[1:]:
        assert stretch.placements[0].start == 2 * FRAME  # room for the encoder's delay
    for stretch in stretches[:-1]:
        last = stretch.placements[-1]
        assert stretch.length - (last.start + last.length) >= 2 * FRAME
    bed = place_clips(pieces, lead_ms, tail_ms, "bed")
    assert cut_at_silence(bed) == (bed,)


@given(st.text("あいう、。「」a ", min_size=1, max_size=400))
def test_a_cue_is_cut_without_loss(text: str) -> None:
    cues = cut_cue(Cue(0, 100_000, text, "語り"), [(n, 1000 * n) for n in range(7, 100, 7)])
    assert "".join(c.text for c in cues) == text
    assert all(len(c.text) <= 64 for c in cues)
    assert [c.end for c in cues[:-1]] == [c.start for c in cues[1:]]
    assert (cues[0].start, cues[-1].end) == (0, 100_000)


def test_a_cue_begins_where_the_voice_begins_its_phrase() -> None:
    text = "あ" * 30 + "い" * 40
    half = Break(30, 10)
    piece = Piece(
        "k", 24_000, 24_000, text, VOICE, "語り", 0, "一", (Mark(0, 0), Mark(10, 6_000), Mark(20, 24_000)), (half,)
    )
    first, second = place_clips([piece], 0, 0).cues
    assert (first.text, second.text) == (text[:30], text[30:])
    assert (first.end, second.start) == (RATE_HZ // 4, RATE_HZ // 4)


def test_a_cut_falls_at_punctuation_before_phrases_and_parts_are_even() -> None:
    text = "あ" * 20 + "、" + "い" * 20 + "う" * 30
    assert [len(c.text) for c in cut_cue(Cue(0, 71, text), [(41, 41)])] == [21, 50]
    assert [len(c.text) for c in cut_cue(Cue(0, 70, "い" * 70), [(30, 30), (60, 60)])] == [30, 40]
    assert [len(c.text) for c in cut_cue(Cue(0, 70, "い" * 70))] == [35, 35]
