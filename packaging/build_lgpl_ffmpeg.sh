#!/usr/bin/env bash
# Builds FFmpeg of the distribution's own version, so with the same ABI, without its GPL parts and with only what Headroom uses, into
# .deps/ffmpeg-lgpl. The archives carry it; H.264 comes from OpenH264 (BSD). The source is the distribution's, taken by apt.
set -euo pipefail
cd "$(dirname "$0")/.."
target=$PWD/.deps/ffmpeg-lgpl
version=$(dpkg-query -W -f '${source:Version}' libavcodec-dev)
if [[ "$(cat "$target/version" 2>/dev/null)" == "$version" ]]; then echo "FFmpeg $version is at $target"; exit; fi

as_root=()
[[ $(id -u) == 0 ]] || as_root=(sudo)
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends nasm libopenh264-dev zlib1g-dev dpkg-dev > /dev/null

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/parts"
# The machine's own sources, asked for source packages.
cat /etc/apt/sources.list.d/debian.sources 2>/dev/null | sed 's/^Types:.*/Types: deb-src/' > "$work/parts/source.sources" || true
grep -hs '^deb ' /etc/apt/sources.list | sed 's/^deb /deb-src /' > "$work/parts/source.list" || true
apt=(-o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$work/parts" -o "Dir::State::lists=$work/lists" -o APT::Sandbox::User=root)
apt-get "${apt[@]}" update -qq
(cd "$work" && apt-get "${apt[@]}" source -qq --download-only "ffmpeg=$version" && dpkg-source --no-check -x ./*.dsc source > /dev/null)

mkdir "$work/build"
cd "$work/build"
../source/configure --prefix="$target.new" --enable-shared --disable-static --disable-programs --disable-doc --disable-network \
    --disable-autodetect --disable-everything --disable-debug --enable-zlib --enable-libopenh264 --disable-avdevice --disable-postproc \
    --enable-encoder=libopenh264,ffv1,gif,png,aac \
    --enable-decoder=h264,hevc,vp8,vp9,mpeg4,mpeg2video,mjpeg,prores,ffv1,gif,png,rawvideo \
    --enable-parser=h264,hevc,vp8,vp9,mpeg4video,mpegvideo,mjpeg,png,gif --enable-bsf=extract_extradata,h264_mp4toannexb,hevc_mp4toannexb,vp9_superframe \
    --enable-muxer=mp4,mov,matroska,gif,image2,rawvideo,null --enable-demuxer=mov,matroska,avi,gif,image2,image_png_pipe,mpegts,rawvideo \
    --enable-protocol=file,pipe --enable-filter=buffer,buffersink,scale,format,palettegen,paletteuse,split,fps,null > "$work/configure.log" ||
    { tail -20 "$work/configure.log"; exit 1; }
grep -q "License: LGPL" "$work/configure.log"
make -s -j"${JOBS:-2}" > /dev/null 2> "$work/make.log" || { tail -20 "$work/make.log"; exit 1; }
make -s install > /dev/null
mkdir -p "$target.new/share/doc"
cp ../source/COPYING.LGPLv2.1 "$target.new/share/doc/"
grep "^License\|^libavcodec\|^version" "$work/configure.log" > "$target.new/share/doc/configuration.txt" || true
head -3 config.h >> "$target.new/share/doc/configuration.txt"
cp /usr/share/doc/libopenh264-dev/copyright "$target.new/share/doc/openh264-copyright"
rm -rf "$target.new/share/ffmpeg"
echo "$version" > "$target.new/version"
rm -rf "$target"
mv "$target.new" "$target"
echo "FFmpeg $version without GPL parts is at $target"
