# shellcheck shell=bash
# Sourced by the scripts, from the root of the repository: keeps .venv ready, with uv where there is one, else with pip.
#
#   setup base     the package alone             (.)
#   setup plots    and what draws figures        (.[plots])
#   setup docs     and what makes the site      (.[docs])
#   setup test     and what the tests need       (.[test])
#   setup dev      and what the checks need      (.[dev])
#
# A stamp in .venv makes the next call return at once, until pyproject.toml, Python or the folder's place changes.
# PYTHON=/path/to/python chooses the interpreter for a new .venv.

say() { printf '%s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# The user's default Python where it is >= 3.11, else the newest that really runs (a name on the PATH may be a shim that
# does not), as the path of the interpreter under any shim or virtual environment.
find_python() {
    local name
    for name in "${PYTHON:-python3}" python3.14 python3.13 python3.12 python3.11 python3 python; do
        "$name" -c 'import sys
if sys.version_info < (3, 11): sys.exit(1)
print(getattr(sys, "_base_executable", None) or sys.executable)' 2>/dev/null && return
    done
    return 1
}

venv_works() {
    .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || return 1
    have uv || .venv/bin/python -m pip --version >/dev/null 2>&1
}

# Makes .venv, or makes it anew where it is broken or half made.
make_venv() {
    local python
    if venv_works; then return; fi
    python=$(find_python) || die "Python 3.11 or newer is needed, and none was found on the PATH"
    say "Making .venv with $("$python" -V) …"
    rm -rf .venv
    if have uv && uv venv --quiet --seed --python "$python" .venv; then return; fi
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        die "$python cannot make a virtual environment, since its venv or ensurepip is missing;" \
            "on Debian or Ubuntu: apt-get install $("$python" -c \
            'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
    rm -rf .venv
    "$python" -m venv .venv || die "$python could not make .venv"
}

pip_install() { .venv/bin/python -m pip install -qq --disable-pip-version-check --no-compile "$@"; }

setup() {
    local what=".[$1]" stamp=".venv/.ready-$1" state
    if [[ $1 == base ]]; then what=.; fi
    make_state() { printf '%s\n' "$(cksum <pyproject.toml) $PWD $(.venv/bin/python -V 2>/dev/null)"; }
    state=$(make_state)
    if [[ -x .venv/bin/python && $state == "$(cat "$stamp" 2>/dev/null)" ]]; then return; fi
    make_venv
    say "Installing symbackprop ($what) into .venv …"
    { have uv && uv pip install --quiet --python .venv/bin/python -e "$what"; } || pip_install -e "$what" ||
        die "could not install $what into .venv (see above)"
    make_state >"$stamp"
}
