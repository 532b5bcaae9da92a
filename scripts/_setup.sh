# Sourced by the scripts beside it: makes a virtual environment once and keeps it true to its lock.
#
#   ensure_venv DIR LOCK      e.g.  ensure_venv .venv requirements/test.txt

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
    for candidate in ${MOODKIOSK_PYTHON:-} python3 python3.13 python3.12 python3.11 python3.14; do
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

make_venv() {
    local python=$1 dir=$2 prefix
    "$python" -m venv "$dir" >/dev/null 2>&1 && return 0
    # Debian splits venv from Python.
    if prefix=$(root_prefix); then
        { $prefix apt-get update -qq && $prefix apt-get install -y -qq python3-venv; } >/dev/null 2>&1
        "$python" -m venv --clear "$dir" >/dev/null && return 0
    fi
    echo "cannot make a virtual environment: install your system's python3-venv package and try again" >&2
    return 1
}

# MediaPipe's networks, out of its wheel or out of another environment here.
ensure_networks() {
    local dir=$1 site
    site=$("$dir/bin/python" -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')
    [ -f "$site/moodkiosk_networks/LICENSE" ] ||
        "$dir/bin/python" scripts/fetch_networks.py "$site/moodkiosk_networks" --from .venv*/lib/python*/site-packages/moodkiosk_networks
}

ensure_venv() {
    local dir=$1 lock=$2 last python want have="" site
    want="$(sha256sum "$lock" | cut -d' ' -f1) $PWD"
    [ -f "$dir/.lock" ] && have=$(cat "$dir/.lock")
    if [ "$want" = "$have" ] && [ -x "$dir/bin/python" ]; then
        ensure_networks "$dir"
        return
    fi
    last=$(last_python "$lock")
    python=$(find_python "$last") || {
        echo "moodkiosk needs Python 3.11 to 3.$last for $lock: install one and name it in MOODKIOSK_PYTHON" >&2
        return 1
    }
    echo "setting up $dir from $lock (once; takes a minute or two)" >&2
    rm -rf "$dir" # what an earlier lock brought would be in the way
    make_venv "$python" "$dir" || return 1
    "$dir/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r "$lock" || {
        echo "could not install the packages of $lock: is the network up?" >&2
        return 1
    }
    ensure_networks "$dir" || return 1
    # The checkout itself, without a build step: a path file and the command.
    site=$("$dir/bin/python" -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')
    echo "$PWD" > "$site/moodkiosk.pth"
    printf '#!%s\nimport sys\nfrom moodkiosk.cli import main\nsys.exit(main())\n' "$PWD/$dir/bin/python" > "$dir/bin/moodkiosk"
    chmod +x "$dir/bin/moodkiosk"
    echo "$want" > "$dir/.lock"
}
