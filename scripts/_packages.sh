# Sourced by install-pi, build-deb and test-fresh: fetches packages for a Python and a processor that need not be those of
# this machine. PYTHON is one of this machine with pip; MINOR is the 3.13, MACHINE the aarch64 or x86_64, of what it is for.

# pip_for PYTHON CHECKOUT MINOR MACHINE LOCK COMMAND…: pip's COMMAND with what holds for these in a lock of requirements/.
pip_for() {
    local python=$1 checkout=$2 minor=$3 machine=$4 lock=$5 platforms=() glibc ours state=0
    shift 5
    for glibc in $(seq 36 -1 17); do platforms+=(--platform "manylinux_2_${glibc}_$machine"); done
    platforms+=(--platform "manylinux2014_$machine" --platform "linux_$machine")
    [ "$machine" = aarch64 ] || platforms+=(--platform manylinux_2_12_x86_64 --platform manylinux2010_x86_64 --platform manylinux_2_5_x86_64 --platform manylinux1_x86_64)
    ours=$(mktemp) || return 1
    "$python" "$checkout/scripts/_lock_for.py" "$checkout/requirements/$lock" "$minor" >"$ours" &&
        "$python" -m pip "$@" -qq --disable-pip-version-check --no-cache-dir --no-deps --require-hashes \
            --only-binary :all: --implementation cp --python-version "$minor" "${platforms[@]}" -r "$ours" || state=1
    rm -f "$ours"
    return $state
}

# fetch_wheels PYTHON CHECKOUT FOLDER MINOR MACHINE: what README's two commands install, networks too, as files for pip.
fetch_wheels() {
    pip_for "$1" "$2" "$4" "$5" test.txt download --dest "$3" &&
        pip_for "$1" "$2" 3.12 aarch64 networks.txt download --dest "$3"
}

# fetch_packages PYTHON CHECKOUT FOLDER MINOR MACHINE: what the kiosk stands on, unpacked.
fetch_packages() {
    local python=$1 checkout=$2 folder=$3 minor=$4 machine=$5
    pip_for "$python" "$checkout" "$minor" "$machine" device.txt install --no-compile --target "$folder" || return 1
    rm -rf "${folder:?}/bin"
    PYTHONDONTWRITEBYTECODE=1 "$python" "$checkout/scripts/fetch_networks.py" "$folder/moodkiosk_networks"
}
