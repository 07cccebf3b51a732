"""Python, the packages beside us, the processor and OpenVINO."""

import platform
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from packaging.requirements import Requirement

from pullquote.doctor.findings import Finding, Patient
from pullquote.encoders.openvino import import_openvino

_LEAST = (3, 11)
_PYTHON = ".".join(map(str, _LEAST))


def check_python(patient: Patient) -> Iterator[Finding]:
    """Look at the interpreter."""
    said = f"{platform.python_version()} on {platform.platform(terse=True)}"
    if sys.version_info >= _LEAST:
        yield Finding("Python", "ok", said)
    else:
        yield Finding("Python", "fail", said, f"install Python {_PYTHON} or newer")


def check_packages(patient: Patient) -> Iterator[Finding]:
    """Compare what is installed with what we need."""
    try:
        needed = [Requirement(line) for line in requires("pullquote") or ()]
    except PackageNotFoundError:
        said = "runs from its sources, so nobody wrote down what it needs"
        yield Finding("packages", "warn", said, "pip install .")
        return
    needed = [item for item in needed if not item.marker or item.marker.evaluate({"extra": ""})]
    wrong = [line for item in needed if (line := _wrong_with(item))]
    if wrong:
        yield Finding("packages", "fail", "; ".join(wrong), "pip install --upgrade pullquote")
    else:
        said = f"pullquote {version('pullquote')}, and all {len(needed)} that it needs"
        yield Finding("packages", "ok", said)


def _wrong_with(item: Requirement) -> str:
    try:
        found = version(item.name)
    except PackageNotFoundError:
        return f"{item.name} is not installed"
    fits = item.specifier.contains(found, prereleases=True)
    return "" if fits else f"{item.name} is {found}, not {item.specifier}"


def check_processor(patient: Patient) -> Iterator[Finding]:
    """Look for the vector instructions without which models are slow."""
    info = Path("/proc/cpuinfo")
    if platform.machine().lower() not in ("x86_64", "amd64") or not info.exists():
        yield Finding("processor", "ok", platform.processor() or platform.machine())
        return
    lines = info.read_text("utf-8", "replace").split("\n")
    flags = next((line.split() for line in lines if line.startswith("flags")), [])
    if "avx2" in flags:
        best = [name for name in ("avx2", "avx512f", "amx_bf16") if name in flags]
        yield Finding("processor", "ok", f"has {', '.join(best)}")
    else:
        todo = "expect slow answers; on a virtual machine, let it see the processor as it is"
        yield Finding("processor", "warn", "has no AVX2", todo)


def check_openvino(patient: Patient) -> Iterator[Finding]:
    """See whether OpenVINO loads and finds the processor."""
    try:
        devices = import_openvino().Core().available_devices
    except (ImportError, RuntimeError) as error:
        said = f"cannot be loaded ({' '.join(str(error).split())[:160]})"
        yield Finding("OpenVINO", "fail", said, "pip install --force-reinstall openvino")
        return
    if "CPU" in devices:
        yield Finding("OpenVINO", "ok", f"{version('openvino')}, runs on {', '.join(devices)}")
    else:
        todo = "pip install --force-reinstall openvino"
        yield Finding("OpenVINO", "fail", "does not know this processor", todo)
