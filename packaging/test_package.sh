#!/usr/bin/env bash
# Proves a package in a clean root: installs it with nothing but what it depends on, asks its version, makes clips with the demo model, opens
# the window on a virtual display, opens a clip's settings as a desktop would, removes it, and compares the whole root with what it was
# before. Needs root and the machine's own mirror; not part of ./test.
#   packaging/test_package.sh [OPTION…] PACKAGE.deb…|ARCHIVE.tar.gz|INSTALLER.sh|PACKAGE.rpm…
#     --suite NAME        the release to install into (bookworm)
#     --mirror URL        where that release is, when the machine's Debian mirror has it not (Ubuntu)
#     --roots DIR         keeps bare roots there, so that the next test of the release needs no debootstrap
#     --screenshots DIR   where the pictures of the window go (here)
#     --keep              leaves the root, and says where
# DEB: apt installs what it depends on first. Archives: a desktop's base libraries, nothing else. RPM: by rpm into the root with --nodeps,
# because there is no Fedora; the libraries that it asks for are installed from Debian's packages of the same names, so what is proved is that
# its list of requirements is enough, not that Fedora's packages fit.
set -euo pipefail

suite=bookworm mirror="" keep="" roots="" screenshots=$PWD
packages=()
while (($#)); do
    case "$1" in
        --suite) suite=$2; shift ;;
        --mirror) mirror=$2; shift ;;
        --keep) keep=yes ;;
        --roots) roots=$(realpath "$2"); shift ;;
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
case "${packages[0]}" in
    *.deb) kind=deb ;;
    *.rpm) kind=rpm ;;
    *) kind=archive ;;
esac
# What a desktop has without anybody installing something: the archives count on no more (cmake/Bundle.cmake).
desktop_base=(libgl1 libegl1 libfontconfig1 libdbus-1-3 libglib2.0-0 libx11-xcb1 libxcb1)
wanted=(fonts-dejavu-core ca-certificates shared-mime-info)

root=$(mktemp -d -t headroom-root.XXXXXX)
lists=$(mktemp -d -t headroom-lists.XXXXXX)
chmod 755 "$root"
display=""
chroot=$(command -v chroot)
clean_up() {
    [[ -z $display ]] || kill "$display" 2> /dev/null || true
    umount -q "$root/proc" 2> /dev/null || true
    [[ -n $keep ]] && echo "Kept: $root" || rm -rf --one-file-system "$root" "$lists"
}
trap clean_up EXIT
say() { printf '\n== %s\n' "$*"; }
fails() { echo "FAILED: $*" >&2; exit 1; }
inside() { env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$chroot" "$root" "$@"; }
# As the person who uses the program, not as root; what they own is not the package's to remove.
with=()
as_person() {
    env -i HOME=/home/person XDG_RUNTIME_DIR=/home/person/run PATH=/usr/bin:/bin LC_ALL=C.UTF-8 OMP_NUM_THREADS=1 "${with[@]}" "$chroot" --userspec=1000:1000 "$root" "$@"
}
apt_install() { inside apt-get install -y -qq --no-install-recommends "$@" >> "$lists/install.log" 2>&1 || { tail -20 "$lists/install.log"; fails "apt-get install $*"; }; }
# Trixie and Ubuntu 24.04 call some packages by another name.
install_base() {
    local name
    for name; do
        inside apt-cache show "$name" > /dev/null 2>&1 || name+=t64
        apt_install "$name"
    done
}

# Every file, folder and link of the root with a sum of its content, less what lives (logs, the package manager's own books, caches).
list_root() {
    (cd "$root" && find . -xdev \( -path ./proc -o -path ./home/person -o -path ./packages -o -path ./var/log -o -path ./var/cache -o -path './var/lib/apt' \
        -o -path ./var/lib/dpkg -o -path ./var/lib/rpm -o -path ./tmp/.X11-unix \) -prune -o -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
     cd "$root" && find . -xdev \( -path ./proc -o -path ./home/person -o -path ./packages -o -path ./var/log -o -path ./var/cache -o -path './var/lib/apt' \
        -o -path ./var/lib/dpkg -o -path ./var/lib/rpm -o -path ./tmp/.X11-unix \) -prune -o ! -type f -printf '%y %p %l\n' | LC_ALL=C sort) > "$1"
}

say "A clean root of $suite"
if [[ -z $mirror ]]; then
    read -r mirror < <(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' |
        awk '$2 ~ /^(bookworm|trixie|stable|oldstable|testing|sid)$/ {print $1; exit}')
    [[ -n ${mirror:-} ]] || fails "apt on this machine names no Debian mirror"
fi
bare=${roots:+$roots/$suite.tar}
if [[ -n $bare && -e $bare ]]; then
    tar -C "$root" -xf "$bare"
else
    script=()
    [[ -e /usr/share/debootstrap/scripts/$suite ]] || script=(/usr/share/debootstrap/scripts/gutsy)  # every release of Ubuntu
    debootstrap ${DEBOOTSTRAP_OPTIONS:-} --variant=minbase "$suite" "$root" "$mirror" "${script[@]}" > "$lists/debootstrap.log" 2>&1 ||
        { tail -5 "$lists/debootstrap.log"; fails "debootstrap"; }
    [[ -z $bare ]] || { mkdir -p "$roots" && tar -C "$root" --one-file-system -cf "$bare" . ; }
fi
mount -t proc proc "$root/proc" || fails "/proc can't be mounted in the root"
cp /etc/resolv.conf "$root/etc/resolv.conf"
install -d "$root/packages" "$root/tmp/.X11-unix"
install -d -o 1000 -g 1000 -m 700 "$root/home/person" "$root/home/person/run"
cp "${packages[@]}" "$root/packages/"
inside apt-get update -qq
install_base "${wanted[@]}"

say "What it depends on"
case "$kind" in
    deb)
        names=$(for each in "${packages[@]}"; do dpkg-deb -f "$each" Package; done)
        needs=$(inside bash -c 'apt-get install -s --no-install-recommends /packages/*.deb' | awk '/^Inst/ {print $2}' | grep -vxF "$names" || true)
        ;;
    rpm)
        names=$(rpm -qp --queryformat '%{NAME}\n' "${packages[@]}")
        asked=$(rpm -qp --requires "${packages[@]}" | sed -n 's/^\(lib[^ (]*\.so[^ (]*\).*/\1/p' | sort -u)
        known=$(ldconfig -p)
        needs=$(for each in $asked; do
            file=$(awk -v lib="$each" '$1 == lib && !found {print $NF; found = 1}' <<< "$known")
            [[ -n $file ]] || { echo "the package asks for $each, which this machine has not" >&2; exit 1; }
            file=$(readlink -f "$file")
            { dpkg -S "$file" 2> /dev/null || dpkg -S "${file#/usr}"; } | cut -d: -f1  # the books may know it by its place before /lib was /usr/lib
        done | sort -u)
        needs+=" qt6-qpa-plugins hicolor-icon-theme"  # the first is a part of the library's own package elsewhere
        install -d "$root"/usr/share/{applications,metainfo}  # a part of every RPM system's base
        ;;
    archive) needs="" ; install_base "${desktop_base[@]}" ;;
esac
[[ -z $needs ]] || apt_install $needs
echo "$(wc -w <<< "$needs") packages"
list_root "$lists/before"

say "Install"
program=/usr/bin/headroom
case "$kind" in
    deb) inside bash -c 'apt-get install -y -qq --no-install-recommends /packages/*.deb' > "$lists/install.log" 2>&1 || { tail -20 "$lists/install.log"; fails "apt-get install"; } ;;
    rpm) rpm --root "$root" --dbpath /var/lib/rpm --nodeps -i "${packages[@]}" ;;
    archive)
        inside mkdir -p /opt
        name=$(basename "${packages[0]}")
        if [[ $name == *.sh ]]; then
            inside sh "/packages/$name" --skip-license --prefix=/opt --include-subdir > /dev/null
        else
            inside tar -C /opt -xf "/packages/$name"
        fi
        program=/$(cd "$root" && ls -d opt/*/bin/headroom | head -1)
        ;;
esac
list_root "$lists/with"
added=$(comm -13 <(sed 's/^[^ ]* *//' "$lists/before" | sort) <(sed 's/^[^ ]* *//' "$lists/with" | sort) | wc -l)
echo "$added files and folders, $(du -sm --total "$root"/opt/* "$root"/usr/lib/headroom 2> /dev/null | tail -1 | cut -f1) MB"
((added > 100)) || fails "almost nothing was installed"

say "Version"
as_person "$program" --version
! as_person ldd "$program" | grep "not found" || fails "libraries are missing"

say "Clips with the demo model"
prompt="a red circle moving right on a blue background"
as_person "$program" generate --prompt "$prompt" --output /home/person/clip.mp4 --report /home/person/report.json --device cpu || fails "generate"
as_person "$program" generate --prompt "$prompt" --output /home/person/clip.gif --steps 4 --seed 77 --device cpu || fails "generate"
[[ -s $root/home/person/clip.mp4 && -s $root/home/person/clip.gif.json ]] || fails "no clip"
ls -l "$root"/home/person/clip.*

number=$((90 + RANDOM % 900))
Xvfb ":$number" -screen 0 1500x950x24 -nolisten tcp -ac > /dev/null 2>&1 & display=$!
sleep 2
# window NAME [FILE]: opens it, takes its picture, ends it as a session does.
window() {
    with=("DISPLAY=:$number" QT_QPA_PLATFORM=xcb)
    as_person "$program" "${@:2}" > "$lists/window.log" 2>&1 & local window=$!
    with=()
    sleep "${WINDOW_SECONDS:-20}"
    kill -0 "$window" 2> /dev/null || { cat "$lists/window.log"; fails "the window ended by itself"; }
    local picture="$screenshots/$1-$suite-$(basename "${packages[0]}").png"
    DISPLAY=:$number import -window root "$picture"
    local colours=$(identify -format %k "$picture")
    kill "$window" 2> /dev/null || true
    wait "$window" 2> /dev/null || true
    cat "$lists/window.log"
    ((colours > 50)) || fails "the picture of the window has $colours colours: nothing was drawn"
    echo "Look at $picture ($colours colours)"
}
say "The window"
window first
say "The settings beside a clip, opened as a desktop does"
window settings /home/person/clip.gif.json

say "Remove"
case "$kind" in
    deb) inside apt-get purge -y -qq $names > /dev/null 2>&1 || fails "apt-get purge" ;;
    rpm) rpm --root "$root" --dbpath /var/lib/rpm --nodeps -e $names ;;
    archive) rm -rf "$root"/opt/* ;;
esac
list_root "$lists/after"
diff "$lists/before" "$lists/after" > "$lists/left" || { head -20 "$lists/left"; fails "the root is not what it was before"; }
echo "The root is what it was before, $(wc -l < "$lists/before") files and folders compared; in the home: $(cd "$root/home/person" && find . -mindepth 1 -type f | wc -l) files of the person's."
say "Passed"
