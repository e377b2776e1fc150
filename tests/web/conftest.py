"""Browser tests need a Chromium; where there is none they are not collected, and tests/conftest.py says so."""

from tests.web.phone import chromium

collect_ignore = [] if chromium() else ["test_browser.py"]
