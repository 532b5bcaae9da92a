# Sourced by install-pi and build-deb: fetches what the kiosk stands on, for a Python and a processor that need not be
# those of this machine.

# fetch_packages PYTHON CHECKOUT FOLDER MINOR MACHINE
#   PYTHON is one of this machine with pip; MINOR is the 3.13, MACHINE the aarch64 or x86_64, of what it is for.
fetch_packages() {
    local python=$1 checkout=$2 folder=$3 minor=$4 machine=$5 platforms=() glibc lock
    for glibc in $(seq 36 -1 17); do platforms+=(--platform "manylinux_2_${glibc}_$machine"); done
    platforms+=(--platform "manylinux2014_$machine" --platform "linux_$machine")
    [ "$machine" = aarch64 ] || platforms+=(--platform manylinux_2_12_x86_64 --platform manylinux2010_x86_64 --platform manylinux_2_5_x86_64 --platform manylinux1_x86_64)
    lock=$(mktemp) || return 1
    "$python" "$checkout/scripts/_lock_for.py" "$checkout/requirements/device.txt" "$minor" >"$lock" &&
        "$python" -m pip install -qq --disable-pip-version-check --no-cache-dir --no-deps \
            --require-hashes --only-binary :all: --no-compile --implementation cp --python-version "$minor" \
            "${platforms[@]}" --target "$folder" -r "$lock" || {
        rm -f "$lock"
        return 1
    }
    rm -rf "$lock" "${folder:?}/bin"
    PYTHONDONTWRITEBYTECODE=1 "$python" "$checkout/scripts/fetch_networks.py" "$folder/moodkiosk_networks"
}
