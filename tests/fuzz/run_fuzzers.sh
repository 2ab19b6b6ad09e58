#!/usr/bin/env bash
# Builds the libFuzzer targets with clang and the address and undefined-behaviour sanitizers, and runs each for some seconds.
#   tests/fuzz/run_fuzzers.sh [SECONDS]     20 by default; for a long hunt give 3600 and more
# What was learned stays in build/fuzz/corpus, so that the next run goes on from there. A finding stops the run with status 1
# and lies as build/fuzz/crash-*; it is reproduced by `build/fuzz/TARGET build/fuzz/crash-…`. Status 77: clang or its fuzzer
# runtime is not installed.
set -euo pipefail
cd "$(dirname "$0")/../.."

seconds=${1:-20}
out=build/fuzz
compiler=${CLANGXX:-clang++}
mkdir -p "$out"

if ! echo 'extern "C" int LLVMFuzzerTestOneInput(const unsigned char*, unsigned long) { return 0; }' |
    "$compiler" -x c++ -fsanitize=fuzzer - -o "$out/probe" 2>/dev/null; then
    echo "The fuzzers are skipped: $compiler with libFuzzer is not installed (Debian: clang and libclang-rt-dev)"
    exit 77
fi

launcher=()
command -v ccache >/dev/null && launcher=(ccache)
flags=(-std=c++20 -O1 -g1 -I. -DFMT_HEADER_ONLY -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all)

objects=()
for source in core/base/*.cpp core/files/*.cpp; do
    object="$out/$(echo "${source%.cpp}" | tr / _).o"
    "${launcher[@]}" "$compiler" "${flags[@]}" -fsanitize=fuzzer-no-link -c "$source" -o "$object"
    objects+=("$object")
done

# Seeds: real headers and configs, and tiny files of each form.
seed_safetensors() {
    local folder=$1 name
    printf '\x02\0\0\0\0\0\0\0{}' >"$folder/empty"
    printf '\x3b\0\0\0\0\0\0\0{"w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}   01234567' >"$folder/one"
    printf 'version https://git-lfs.github.com/spec/v1\n' >"$folder/lfs"
    for name in vae transformer; do
        cp tests/goldens/tiny_wan/"$name"/diffusion_pytorch_model.safetensors "$folder/$name"
    done
}
seed_model_json() {
    local folder=$1
    cp tests/goldens/tiny_wan/model_index.json "$folder/index"
    cp tests/goldens/tiny_wan/vae/config.json "$folder/config"
    printf '{"_class_name":"P","vae":["diffusers","V"],"a":[null,null],"b":1e3,"c":[1,2.5]}' >"$folder/small"
    printf '{"metadata":{"total_size":1},"weight_map":{"w":"a.safetensors"}}' >"$folder/shards"
}

# The targets write each input to a file: in memory where there is such a place.
TMPDIR=$(mktemp -d -p /dev/shm headroom-fuzz.XXXXXX 2>/dev/null || mktemp -d)
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT
for target in safetensors model_json; do
    "${launcher[@]}" "$compiler" "${flags[@]}" -fsanitize=fuzzer-no-link -c "tests/fuzz/fuzz_$target.cpp" -o "$out/fuzz_$target.o"
    "$compiler" "${flags[@]}" -fsanitize=fuzzer "$out/fuzz_$target.o" "${objects[@]}" -o "$out/fuzz_$target"
    mkdir -p "$out/corpus/$target" "$out/seeds/$target"
    "seed_$target" "$out/seeds/$target"
    echo "fuzz_$target: $seconds seconds"
    log="$out/fuzz_$target.log"
    if ! UBSAN_OPTIONS=print_stacktrace=1 "$out/fuzz_$target" -max_total_time="$seconds" -max_len=65536 -timeout=10 -rss_limit_mb=2048 \
        -dict="tests/fuzz/$target.dict" -artifact_prefix="$out/" -print_final_stats=1 -verbosity=0 -print_funcs=0 \
        "$out/corpus/$target" "$out/seeds/$target" >"$log" 2>&1; then
        tail -n 100 "$log"
        exit 1
    fi
    grep -E '^stat::(number|peak)' "$log"
done
