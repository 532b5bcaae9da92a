# Sourced by the scripts beside it: makes a virtual environment once and keeps it true to its lock.
#
#   ensure_venv DIR LOCK      e.g.  ensure_venv .venv requirements/test.txt
. "${BASH_SOURCE[0]%/*}/_strangers.sh"

# asks_for_help "$@": is -h or --help among the words before a "--"? Then what stands at the head of the script is printed.
asks_for_help() {
    local word
    for word in "$@"; do
        case $word in
        --) return 1 ;;
        -h | --help)
            sed -n '2,/^set -/{/^set -/!s/^# \{0,1\}//p}' "$0"
            return 0
            ;;
        esac
    done
    return 1
}

# find_python LAST: a Python from 3.11 to 3.LAST. MOODKIOSK_PYTHON comes first.
find_python() {
    local last=$1 candidate
    for candidate in "${MOODKIOSK_PYTHON:-python3}" python3 python3.13 python3.12 python3.11 python3.14; do
        if command -v "$candidate" >/dev/null 2>&1 &&
            "$candidate" -c "import sys; sys.exit(not (3, 11) <= sys.version_info < (3, $last + 1))" >/dev/null 2>&1; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

# last_python LOCK: the 14 of the last Python 3.14 that the packages of a lock exist for.
last_python() {
    case $1 in
    */train.txt) echo 13 ;;                    # TensorFlow
    */mediapipe.txt | */classic.txt) echo 12 ;; # mediapipe
    *) echo 14 ;;
    esac
}

# May this script install system packages? Prints the prefix to use ("" or "sudo -n"), fails if not.
root_prefix() {
    command -v apt-get >/dev/null 2>&1 || return 1
    if [ "$(id -u)" -eq 0 ]; then echo "env"; elif sudo -n true 2>/dev/null; then echo "sudo -n"; else return 1; fi
}

# ensure_debian COMMAND PACKAGE…: installs the packages unless COMMAND is there; fails when it may not.
ensure_debian() {
    local wanted=$1 prefix
    shift
    PATH="$PATH:/usr/sbin:/sbin" command -v "$wanted" >/dev/null 2>&1 && return 0
    prefix=$(root_prefix) || return 1
    echo "installing $* from the system's packages" >&2
    { $prefix apt-get update -qq &&
        DEBIAN_FRONTEND=noninteractive $prefix apt-get install -y -qq --no-install-recommends "$@"; } >/dev/null 2>&1
    PATH="$PATH:/usr/sbin:/sbin" command -v "$wanted" >/dev/null 2>&1
}

# runs_here PYTHON: are there wheels for what it runs on? If not, says what is wrong, in one line.
runs_here() {
    local why
    why=$("$1" -c '
import os, platform, sys, sysconfig
machine, bits = platform.machine().lower(), 64 if sys.maxsize > 2**32 else 32
try:
    libc = os.confstr("CS_GNU_LIBC_VERSION") or ""
except (ValueError, OSError):
    libc = ""
if bits == 32 or machine not in ("x86_64", "amd64", "aarch64", "arm64"):
    print(f"this is {machine}, {bits} bits")
elif sys.platform == "linux" and not libc:
    print("this has another C library")
elif libc and [*map(int, libc.split()[1].split("."))] < [2, 27]:
    print(f"this has {libc}")
elif sysconfig.get_config_var("Py_GIL_DISABLED"):
    print("this Python has no global lock")
') || why=""
    [ -z "$why" ] || {
        echo "moodkiosk needs a 64-bit system (x86-64 or ARM) with glibc 2.27 or later, and an ordinary Python: $why" >&2
        return 1
    }
}

# why_not FILE: why something failed, in one line; FILE has what it printed.
why_not() {
    local free
    free=$(df -Pm . 2>/dev/null | awk 'NR == 2 { print $4 }')
    if grep -qiE 'no space left|quota exceeded' "$1" || [ "${free:-999}" -lt 20 ]; then
        echo "the disk is full: $free MB are free in $PWD, about 800 are needed"
    elif grep -qE 'ProxyError|connect to proxy|Tunnel connection failed' "$1"; then
        echo "the proxy does not answer as it should (https_proxy, or pip's own): is it right?"
    elif grep -qiE 'from versions: none|retries exceeded|connection|name resolution|timed out' "$1"; then
        echo "is the network up?"
    else
        grep -m 1 '^ERROR: ' "$1" || sed '/^ *$/d' "$1" | tail -n 1
    fi
}

make_venv() {
    local python=$1 dir=$2 said=$3 prefix
    "$python" -m venv "$dir" >"$said" 2>&1 && return 0
    # Debian splits venv from Python.
    if grep -qE "ensurepip is not|No module named '?(venv|ensurepip)" "$said"; then
        if prefix=$(root_prefix); then
            { $prefix apt-get update -qq && $prefix apt-get install -y -qq python3-venv; } >/dev/null 2>&1
            "$python" -m venv --clear "$dir" >/dev/null 2>&1 && return 0
        fi
        echo "cannot make a virtual environment: install your system's python3-venv package and try again" >&2
    else
        echo "cannot make a virtual environment: $(why_not "$said")" >&2
    fi
    return 1
}

site_of() { # site_of DIR: where the packages of an environment lie, by the Python that it has now
    "$1/bin/python" -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])' 2>/dev/null
}

# MediaPipe's networks, out of its wheel or out of another environment here.
ensure_networks() { # ensure_networks DIR SITE
    [ -f "$2/moodkiosk_networks/LICENSE" ] ||
        "$1/bin/python" scripts/fetch_networks.py "$2/moodkiosk_networks" --from .venv*/lib/python*/site-packages/moodkiosk_networks
}

is_set_up() { # is_set_up DIR WANT: by this lock, in this place, and for the Python that it has now
    [ -f "$1/.lock" ] && [ "$(cat "$1/.lock")" = "$2" ] && [ -f "$(site_of "$1")/moodkiosk.pth" ]
}

ensure_venv() {
    local dir=$1 lock=$2 want
    want="$(sha256sum "$lock" | cut -d' ' -f1) $PWD"
    if is_set_up "$dir" "$want"; then
        ensure_networks "$dir" "$(site_of "$dir")"
        return
    fi
    ( # One at a time: the lock ends with this subshell, and with what it calls.
        if command -v flock >/dev/null && ! flock -n 8; then
            echo "another set-up of $dir is at work: waiting for it" >&2
            flock 8
        fi
        is_set_up "$dir" "$want" || set_up "$dir" "$lock" "$want"
    ) 8<"$lock"
}

set_up() { # set_up DIR LOCK WANT
    local dir=$1 lock=$2 want=$3 last python said site
    if [ -n "${MOODKIOSK_PYTHON:-}" ] && ! command -v "$MOODKIOSK_PYTHON" >/dev/null; then
        echo "MOODKIOSK_PYTHON is $MOODKIOSK_PYTHON: there is no such program" >&2
        return 1
    fi
    last=$(last_python "$lock")
    python=$(find_python "$last") || {
        echo "moodkiosk needs Python 3.11 to 3.$last for $lock: install one and name it in MOODKIOSK_PYTHON" >&2
        return 1
    }
    runs_here "$python" || return 1
    echo "setting up $dir from $lock (once; takes a minute or two)" >&2
    rm -rf "$dir" 2>/dev/null || true # what an earlier lock brought would be in the way
    said=$(mkdir "$dir" 2>&1) || {
        echo "cannot make $PWD/$dir anew (${said##*: }): take a checkout of your own, where you may write" >&2
        return 1
    }
    said=$dir/.said
    make_venv "$python" "$dir" "$said" || return 1
    # Not in /tmp, which may be a small one in memory.
    mkdir -p "$dir/tmp"
    TMPDIR=$PWD/$dir/tmp "$dir/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --no-deps \
        --require-hashes -r "$lock" >"$said" 2>&1 || {
        echo "could not install the packages of $lock: $(why_not "$said")" >&2
        return 1
    }
    site=$(site_of "$dir")
    ensure_networks "$dir" "$site" || return 1
    # The checkout itself, without a build step: a path file and the command, which finds its Python beside it, whatever
    # the path has in it.
    echo "$PWD" >"$site/moodkiosk.pth"
    cat >"$dir/bin/moodkiosk" <<'PYTHON'
#!/bin/sh
'''exec' "$(dirname "$(readlink -f "$0")")/python" "$0" "$@"
' '''
import sys
from moodkiosk.__main__ import main
sys.exit(main())
PYTHON
    chmod +x "$dir/bin/moodkiosk"
    rm -rf "$said" "$dir/tmp"
    echo "$want" >"$dir/.lock"
}
