#!/usr/bin/env bash
# Installs what the build needs: Debian packages where they are missing, and LibTorch's CPU part under .deps/libtorch from the pinned
# wheels of libtorch-requirements.txt. Quick when everything is there. Sourced by nobody; called by ./run and ./test.
#   cmake/setup_dependencies.sh [--tests] [--packaging]
#     --tests also installs what only ./test needs, --packaging what building and testing packages needs
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(build-essential cmake ninja-build ccache pkg-config unzip python3 python3-pip
    qt6-base-dev qt6-tools-dev qt6-l10n-tools libgl-dev libexpected-dev libfmt-dev nlohmann-json3-dev libcli11-dev
    libavcodec-dev libavfilter-dev libavformat-dev libavutil-dev libswscale-dev libsentencepiece-dev libicu-dev
    libcurl4-openssl-dev libarchive-dev libssl-dev)
for option; do
    case "$option" in
        --tests) packages+=(xvfb xauth ffmpeg clang libclang-rt-dev fonts-dejavu-core desktop-file-utils appstream shared-mime-info) ;;
        --packaging) packages+=(dpkg-dev rpm lintian desktop-file-utils appstream debootstrap xvfb xauth imagemagick xz-utils zstd) ;;
        *) echo "setup_dependencies.sh knows --tests and --packaging, not $option" >&2; exit 2 ;;
    esac
done

missing=()
for package in "${packages[@]}"; do
    status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [[ "$status" == installed ]] || missing+=("$package")
done
if ((${#missing[@]})); then
    echo "Installing: ${missing[*]}"
    as_root=()
    [[ $(id -u) == 0 ]] || as_root=(sudo)
    "${as_root[@]}" apt-get update -qq
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}"
fi

# LibTorch: the wheel's headers, libtorch_cpu and libc10, and the two small CUDA libraries these are linked to. The folders keep
# the wheels' relative layout, which their run paths expect. The wheel's fmt stays out: it is another version than the system's library.
requirements=cmake/libtorch-requirements.txt
libtorch=.deps/libtorch
if ! cmp -s "$requirements" "$libtorch/requirements.txt"; then
    echo "Fetching LibTorch (about 530 MB, once)"
    staging=.deps/staging
    rm -rf "$staging" "$libtorch"
    mkdir -p "$staging/wheels" "$staging/libtorch"
    python3 -m pip download --quiet --no-deps --only-binary=:all: --python-version 3.11 --implementation cp \
        --platform manylinux_2_28_x86_64 --platform manylinux_2_27_x86_64 --platform manylinux_2_25_x86_64 --platform manylinux_2_17_x86_64 \
        --platform manylinux2014_x86_64 --dest "$staging/wheels" --requirement "$requirements"
    unzip -q "$staging"/wheels/torch-*.whl 'torch/include/*' 'torch/lib/libtorch_cpu.so' 'torch/lib/libc10.so' \
        'torch/lib/libgomp*' 'torch/lib/libc10_cuda.so' 'torch/lib/libtorch_cuda.so' -x 'torch/include/fmt/*' -d "$staging/libtorch"
    for wheel in "$staging"/wheels/nvidia_*.whl; do
        unzip -q -o "$wheel" 'nvidia/cu13/lib/lib*.so.*' -d "$staging/libtorch"
    done
    cp "$requirements" "$staging/libtorch/requirements.txt"
    mv "$staging/libtorch" "$libtorch"
    rm -rf "$staging"
fi
