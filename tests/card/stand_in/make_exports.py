#!/usr/bin/env python3
"""Writes what the stand-in card's library must export besides its own functions, so that LibTorch's CUDA part can be loaded with it.

    make_exports.py --out-dir DIR --libraries libtorch_cuda.so … --sources cuda_runtime.cpp …

Reads the undefined symbols of the libraries (nm) and the functions that the sources define, and writes into DIR
  missing.cpp   a function for each symbol that no source defines: it says its name and ends the process
  exports.map   the linker's version script: every symbol under the version by which LibTorch asks for it ("cudaMalloc@libcudart.so.13")
"""
import argparse
import pathlib
import re
import subprocess

VENDOR = re.compile(r"^(__cuda|cuda|cublas|cudnn|cufft|cusparse|nccl|curand|cufile|nvshmem|cupti)")
OWN = re.compile(r"^(nvml|stand_in_|cu[A-Z])")  # looked up by name, in no list of undefined symbols
DEFINED = re.compile(r"^\w[\w:* ]*?[ *]((?:__cuda|cuda|cublas|cudnn|nvml|stand_in_|cu[A-Z])\w+)\(", re.MULTILINE)


def undefined(library: str) -> dict[str, str]:
    listing = subprocess.run(["nm", "-D", "--undefined-only", library], check=True, capture_output=True, text=True).stdout
    symbols = (line.split()[-1].partition("@") for line in listing.splitlines())
    return {name: version.lstrip("@") for name, _, version in symbols if VENDOR.match(name)}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out-dir", type=pathlib.Path, required=True)
    parser.add_argument("--libraries", nargs="+", required=True)
    parser.add_argument("--sources", nargs="+", required=True)
    options = parser.parse_args()

    wanted: dict[str, str] = {}
    for library in options.libraries:
        wanted.update({name: version for name, version in undefined(library).items() if not (wanted.get(name) and not version)})
    sources = "\n".join(pathlib.Path(source).read_text() for source in options.sources)
    defined = set(DEFINED.findall(sources))

    options.out_dir.mkdir(parents=True, exist_ok=True)
    missing = sorted(wanted.keys() - defined)
    functions = "\n".join(f'void {name}() {{ missing("{name}"); }}' for name in missing)
    (options.out_dir / "missing.cpp").write_text(
        '// Made by make_exports.py.\n#include <cstdio>\n#include <cstdlib>\n\n'
        'static void missing(const char* name)\n{\n'
        '    std::fprintf(stderr, "The stand-in card has no %s.\\n", name);\n    std::abort();\n}\n\n'
        f'extern "C" {{\n{functions}\n}}\n')

    versions: dict[str, list[str]] = {}
    for name in sorted(wanted):
        versions.setdefault(wanted[name] or "STAND_IN", []).append(name)
    versions.setdefault("STAND_IN", []).extend(sorted(name for name in defined if OWN.match(name) and name not in wanted))
    nodes = [f"{version} {{ global: {' '.join(f'{name};' for name in names)} }};" for version, names in versions.items()]
    (options.out_dir / "exports.map").write_text("\n".join(nodes) + "\nHIDDEN { local: *; };\n")


if __name__ == "__main__":
    main()
