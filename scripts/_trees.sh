# Sourced by the scripts beside it that try things in fresh Debian trees. They may be deleted at any time.

trees=${MOODKIOSK_TREES:-/var/tmp/moodkiosk-trees}
mkdir -p "$trees"

cannot() { # where it cannot run, a test of units or trees is not a failure
    echo "scripts/${0##*/}: NOT RUN: $*" >&2
    exit 0
}

known_suite() { # known_suite NAME: of Debian, or one line
    case $1 in
    bookworm | trixie | sid) ;;
    *)
        echo "${0##*/}: unknown suite or option $1 (see --help)" >&2
        exit 2
        ;;
    esac
}

needs_mmdebstrap() {
    [ "$(id -u)" -eq 0 ] || cannot "needs root"
    unshare -m true 2>/dev/null || cannot "needs the right to mount (a container without it?)"
    ensure_debian mmdebstrap mmdebstrap || cannot "needs mmdebstrap"
}

needs_emulation() { # of a Pi's processor, for programs in a tree
    { ensure_debian qemu-aarch64-static qemu-user-static binfmt-support && ensure_debian arch-test arch-test; } ||
        cannot "needs qemu-user-static and arch-test"
    [ -e /proc/sys/fs/binfmt_misc/register ] || mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc ||
        cannot "needs binfmt_misc in the kernel"
    [ -e /proc/sys/fs/binfmt_misc/qemu-aarch64 ] || update-binfmts --enable qemu-aarch64 || cannot "cannot register qemu"
}

needs_nspawn() {
    needs_mmdebstrap
    grep -q cgroup2 /proc/filesystems || cannot "needs a kernel with the unified cgroup hierarchy"
    ensure_debian systemd-nspawn systemd-container || cannot "needs systemd-nspawn (package systemd-container)"
}

# tree SUITE ARCH PACKAGES: the file with a tree, made once. Prints its name.
tree() {
    local suite=$1 arch=$2 packages=$3 base
    base=$trees/$suite-$arch-$(echo "$packages" | sha256sum | cut -c1-8).tar
    if [ ! -f "$base" ]; then
        echo "making a tree of Debian $suite for $arch (once; a minute, more under emulation)" >&2
        # A mirror may be weeks behind; for a tree to try things in that is good enough.
        mmdebstrap --quiet --format=tar --architectures="$arch" --variant=minbase --include="$packages" \
            --aptopt='Acquire::Check-Valid-Until "false"' "$suite" "$base.new" >&2 ||
            return 1
        mv "$base.new" "$base"
    fi
    echo "$base"
}

# booting_tree SUITE [,MORE]: one with systemd, a broker, Python, and more packages.
booting_tree() {
    tree "$1" amd64 "systemd,systemd-sysv,dbus,libnss-systemd,udev,kmod,python3,python3-venv,ca-certificates,netbase,mosquitto,mosquitto-clients${2:-}"
}
