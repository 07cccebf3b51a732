"""The audit passes only if every package was looked up and nothing is known against it."""

from typing import Any

import pytest

from tools.audit import judge

FINE: dict[str, Any] = {"name": "numpy", "version": "2", "vulns": []}
KNOWN: dict[str, Any] = {
    "name": "gradio",
    "version": "6",
    "vulns": [{"id": "CVE-1", "fix_versions": ["7"]}, {"id": "CVE-2", "fix_versions": []}],
}
UNKNOWN: dict[str, Any] = {"name": "torch", "skip_reason": "not found"}
OURS: dict[str, Any] = {"name": "pullquote", "skip_reason": "editable"}


@pytest.mark.parametrize(
    ("packages", "code", "line"),
    [
        ([FINE, OURS], 0, "audit: nothing is known against 1 packages"),
        ([FINE, KNOWN, UNKNOWN], 1, "gradio 6: CVE-1 (mended in 7), CVE-2 (mended in no version"),
        ([FINE, UNKNOWN], 2, "audit: 1 of 2 packages could not be looked up (not found)"),
        ([OURS], 2, "no package was named"),
        ([], 2, "no package was named"),
    ],
)
def test_only_a_whole_audit_passes(
    packages: list[dict[str, Any]], code: int, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The tool itself says "no known vulnerabilities" where it could ask about none."""
    assert judge(packages) == code
    assert line in "".join(capsys.readouterr())
