#!/usr/bin/env bash
# Proves a Debian package in a clean root: installs it by apt with nothing but what it depends on, asks its version, makes a clip with the
# demo model, opens the window on a virtual display, removes it, and looks for anything left. Needs root and the machine's own mirror;
# not part of ./test.
#   packaging/test_package.sh [--suite bookworm] [--keep] [--screenshots DIR] PACKAGE.deb…
#   packaging/test_package.sh [--suite bookworm] [--keep] [--screenshots DIR] ARCHIVE.tar.gz|INSTALLER.sh
set -euo pipefail

suite=bookworm keep="" screenshots=$PWD
packages=()
while (($#)); do
    case "$1" in
        --suite) suite=$2; shift ;;
        --keep) keep=yes ;;
        --screenshots) screenshots=$2; shift ;;
        *) packages+=("$(realpath "$1")") ;;
    esac
    shift
done
((${#packages[@]})) || { echo "Which package? packaging/test_package.sh build/release/packages/*.deb" >&2; exit 2; }
[[ $(id -u) == 0 ]] || { echo "debootstrap and chroot need root: run this with sudo" >&2; exit 2; }
for tool in debootstrap Xvfb import; do
    command -v "$tool" > /dev/null || { echo "$tool is missing: cmake/setup_dependencies.sh --packaging" >&2; exit 2; }
done
# What a desktop has without anybody installing something: the archives count on no more (cmake/Bundle.cmake).
desktop_base=(libgl1 libegl1 libfontconfig1 libdbus-1-3 libglib2.0-0 libx11-xcb1 libxcb1 fonts-dejavu-core ca-certificates)

root=$(mktemp -d -t headroom-root.XXXXXX)
chmod 755 "$root"
display=""
clean_up() {
    [[ -z $display ]] || kill "$display" 2> /dev/null || true
    umount -q "$root/proc" 2> /dev/null || true
    [[ -n $keep ]] && echo "Kept: $root" || rm -rf --one-file-system "$root"
}
trap clean_up EXIT
say() { printf '\n== %s\n' "$*"; }
inside() { env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive OMP_NUM_THREADS=1 "${with[@]}" chroot "$root" "$@"; }
with=()
fails() { echo "FAILED: $*" >&2; exit 1; }

say "A clean root of $suite"
read -r mirror < <(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' |
    awk '$2 ~ /^(bookworm|trixie|stable|testing|sid)$/ {print $1; exit}')
[[ -n ${mirror:-} ]] || fails "apt on this machine names no Debian mirror"
debootstrap --variant=minbase "$suite" "$root" "$mirror" > "$root.log" 2>&1 || { tail -5 "$root.log"; fails "debootstrap"; }
rm -f "$root.log"
mount -t proc proc "$root/proc" || fails "/proc can't be mounted in the root"
cp /etc/resolv.conf "$root/etc/resolv.conf"
install -d "$root/packages"
cp "${packages[@]}" "$root/packages/"

say "Install"
inside apt-get update -qq
case "${packages[0]}" in
    *.deb)
        program=/usr/bin/headroom
        inside bash -c 'apt-get install -y -qq --no-install-recommends /packages/*.deb fonts-dejavu-core' > "$root/install.log" 2>&1 ||
            { tail -20 "$root/install.log"; fails "apt-get install"; }
        names=$(for each in "${packages[@]}"; do dpkg-deb -f "$each" Package; done)
        inside dpkg -L $names | grep '^/[^.]' | sort -u > "$root/installed.txt"
        ;;
    *)
        for name in "${desktop_base[@]}"; do
            inside apt-cache show "$name" > /dev/null 2>&1 || name+=t64  # trixie's and Ubuntu 24.04's names
            inside apt-get install -y -qq --no-install-recommends "$name" >> "$root/install.log" 2>&1 || fails "$name"
        done
        name=$(basename "${packages[0]}")
        inside mkdir -p /opt
        if [[ $name == *.sh ]]; then
            inside sh "/packages/$name" --skip-license --prefix=/opt --include-subdir > /dev/null
        else
            inside tar -C /opt -xf "/packages/$name"
        fi
        program=$(cd "$root" && ls -d opt/*/bin/headroom | head -1)
        program=/$program
        ;;
esac

say "Version"
inside "$program" --version
! inside ldd "$program" | grep "not found" || fails "libraries are missing"

say "A clip with the demo model"
inside "$program" generate --prompt "a red circle moving right on a blue background" --output /root/clip.mp4 --report /root/report.json --device cpu \
    || fails "generate"
[[ -s $root/root/clip.mp4 ]] || fails "no clip"
ls -l "$root/root/clip.mp4"

say "The window"
number=$((90 + RANDOM % 900))
Xvfb ":$number" -screen 0 1500x950x24 -nolisten tcp -ac > /dev/null 2>&1 & display=$!
sleep 2
with=("DISPLAY=:$number" QT_QPA_PLATFORM=xcb)
install -d "$root/tmp/.X11-unix"
inside "$program" > "$root/window.log" 2>&1 & window=$!
with=()
sleep "${WINDOW_SECONDS:-20}"
kill -0 "$window" 2> /dev/null || { cat "$root/window.log"; fails "the window ended by itself"; }
picture="$screenshots/window-$(basename "${packages[0]%.*}").png"
DISPLAY=:$number import -window root "$picture"
colours=$(identify -format %k "$picture")
((colours > 50)) || { cat "$root/window.log"; fails "the picture of the window has $colours colours: nothing was drawn"; }
kill "$window" 2> /dev/null || true
wait "$window" 2> /dev/null || true
echo "Look at $picture ($colours colours)"
cat "$root/window.log"

if [[ -f $root/installed.txt ]]; then
    say "Remove"
    inside apt-get purge -y -qq $names > /dev/null 2>&1
    while read -r path; do
        [[ -e $root$path || -L $root$path ]] || continue
        inside dpkg -S "$path" > /dev/null 2>&1 || fails "$path was left"
    done < "$root/installed.txt"
    left=$(cd "$root" && find etc usr opt var srv -xdev -iname '*headroom*' -not -path 'var/log/*' -not -path 'var/lib/apt/*')
    [[ -z $left ]] || fails "left: $left"
    echo "Nothing is left."
fi
say "Passed"
