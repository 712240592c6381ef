"""The contract against a real service: for whoever has a key, and accepts what ten short requests cost.

BRIEFING_LIVE_VOICE=google:ja-JP-Neural2-B BRIEFING_GOOGLE_API_KEY=… pytest tests/voices/test_live.py
"""

from __future__ import annotations

import os

import pytest

from briefing.config import parse_voice
from briefing.testing import EngineContract
from briefing.voices import engine_of

VOICE = parse_voice(os.environ.get("BRIEFING_LIVE_VOICE") or "tone:low")


@pytest.mark.slow
@pytest.mark.skipif("BRIEFING_LIVE_VOICE" not in os.environ, reason="BRIEFING_LIVE_VOICE names no ENGINE:SPEAKER")
class TestLive(EngineContract):
    engine, speaker = engine_of(VOICE.engine), VOICE.speaker
