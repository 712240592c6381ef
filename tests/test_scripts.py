"""The locks are what a fresh machine relies on."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock", "scripts/lib/build.lock"])
def test_every_requirement_is_pinned_with_hashes_and_no_index_is_named(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    requirements = re.split(r"\n(?=\S)", text.strip())
    assert requirements
    assert all(re.match(r"[\w.\-\[\]]+==\S+", each) and "--hash=sha256:" in each for each in requirements)
    assert not re.search(r"://|--index|--find-links", text)
