"""Write a bill of materials of an environment, and ask what is known against what is in it.

    .venv-audit/bin/python tools/audit.py .venv

Exit codes: 0 all was looked up and nothing is known, 1 something is, 2 not all could be looked up.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

BUILD = Path("build")
BILL = BUILD / "sbom.cdx.json"
REPORT = BUILD / "audit.json"
OURS = "pullquote"


def main(environment: Path) -> int:
    """Audit an environment with the tools of the one that runs this."""
    BUILD.mkdir(exist_ok=True)
    python = environment / "bin" / "python"
    _run(
        "cyclonedx-py", "environment", "--pyproject", "pyproject.toml", "--output-reproducible",
        "--output-format", "JSON", "--output-file", str(BILL), str(python),
    ).check_returncode()  # fmt: skip
    parts = len(json.loads(BILL.read_text("utf-8"))["components"])
    print(f"bill of materials: {parts} components in {BILL}")  # noqa: T201
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout
    REPORT.unlink(missing_ok=True)
    # Its exit code says nothing: it is 0 as well where no package could be looked up.
    done = _run(
        "pip-audit", "--path", site.strip(), "--skip-editable", "--progress-spinner", "off",
        "--format", "json", "--output", str(REPORT),
    )  # fmt: skip
    try:
        packages = json.loads(REPORT.read_text("utf-8"))["dependencies"]
    except (OSError, ValueError, KeyError):
        said = (done.stderr.strip() or "no reason given").splitlines()[-1][:200]
        return _tell(f"nothing could be looked up ({said}); try again where the network is", 2)
    return judge(packages)


def judge(packages: Sequence[dict[str, Any]]) -> int:
    """Tell what pip-audit found, and return the exit code."""
    asked = [package for package in packages if package["name"] != OURS]
    skipped = [package for package in asked if "skip_reason" in package]
    known = [package for package in asked if package.get("vulns")]
    for package in known:
        names = ", ".join(
            f"{one['id']} (mended in {', '.join(one['fix_versions']) or 'no version yet'})"
            for one in package["vulns"]
        )
        _tell(f"{package['name']} {package['version']}: {names}", 1)
    if known:
        return _tell(f"{len(known)} of {len(asked)} packages have known vulnerabilities", 1)
    if skipped or not asked:
        reason = skipped[0]["skip_reason"][:120] if skipped else "no package was named"
        return _tell(
            f"{len(skipped)} of {len(asked)} packages could not be looked up ({reason}),"
            " so nothing is known of them; try again where the network is",
            2,
        )
    return _tell(f"nothing is known against {len(asked)} packages", 0)


def _tell(line: str, code: int) -> int:
    print(f"audit: {line}", file=sys.stderr if code else sys.stdout)
    return code


def _run(tool: str, *words: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / tool), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
