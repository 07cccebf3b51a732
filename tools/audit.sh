#!/bin/sh
# A bill of materials of an environment, and what is known against what is in it.
#   tools/audit.sh ENVIRONMENT-WITH-THE-TOOLS ENVIRONMENT
set -eu
tools=$1 audited=$2
bill=build/sbom.cdx.json
report=build/audit.txt

mkdir -p build
"$tools/bin/cyclonedx-py" environment --pyproject pyproject.toml --output-reproducible \
    --output-format JSON --output-file "$bill" "$audited/bin/python" 2>build/sbom.log \
    || { cat build/sbom.log >&2; exit 2; }
echo "bill of materials: $bill"

# 0 nothing known, 1 something known; but 1 is also what it ends with where it reaches no service.
code=0
site=$("$audited/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
"$tools/bin/pip-audit" --path "$site" --skip-editable --progress-spinner off \
    >"$report" 2>build/audit.log || code=$?
if [ $code != 0 ] && ! grep -q '^Found ' build/audit.log; then
    echo "audit: nothing was looked up ($(tail -1 build/audit.log | cut -c1-160)); see build/audit.log" >&2
    exit 2
fi
cat build/audit.log "$report"
exit $code
