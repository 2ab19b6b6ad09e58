"""Writes resources/gpu_runtime.json: which wheels the GPU runtime is made of, pinned, and which of their files it needs.

    python3 -m pip install --dry-run --ignore-installed --only-binary=:all: --report report.json torch==2.11.0
    python3 -m pip download --no-deps --dest WHEELS …        # what the report names of torch and nvidia-*
    make_gpu_runtime.py report.json WHEELS ../resources/gpu_runtime.json

The needed files are the closure of libtorch_cuda.so over the dynamic sections, with what its libraries load by name at run time.
What the program has already (libtorch_cpu, libc10, libcudart, libcupti) stays out; so does what only training, several machines or dense
linear algebra use. Needs readelf. Fails where something that is asked for is nowhere.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

ROOT = "torch/lib/libtorch_cuda.so"
# Loaded by name at run time: cuDNN's engines, NVRTC for the kernels that are compiled on the card's machine.
BY_NAME = [r"nvidia/cudnn/lib/libcudnn_\w+\.so\.9", r"nvidia/cu13/lib/libnvrtc(-builtins)?\.so\.[\d.]+", r"torch/lib/libcaffe2_nvrtc\.so"]
IN_PROGRAM = {"libtorch_cpu.so", "libc10.so", "libgomp.so.1", "libcudart.so.13", "libcupti.so.13"}
OF_THE_SYSTEM = re.compile(r"lib(c|m|z|dl|rt|pthread|util|gcc_s|stdc\+\+|cuda|nvidia-ml|mlx5|ibverbs|rdmacm)\.so|ld-linux")
LICENCE = re.compile(r"^[^/]+\.dist-info/licenses/|/LICENSE[^/]*$", re.I)
MINIMUM_DRIVER = "580.65.06"  # https://docs.nvidia.com/cuda/cuda-toolkit-release-notes/, CUDA 13.0


def needed(wheel: zipfile.ZipFile, name: str) -> list[str]:
    with tempfile.NamedTemporaryFile(suffix=".so") as file:
        file.write(wheel.read(name))
        file.flush()
        dynamic = subprocess.run(["readelf", "-d", file.name], check=True, text=True, capture_output=True).stdout
    return re.findall(r"\(NEEDED\).*\[(.+)\]", dynamic)


def main() -> None:
    report, wheels_dir, output = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    wheels = {path.name: zipfile.ZipFile(path) for path in sorted(wheels_dir.glob("*.whl"))}
    places = {}  # soname → (wheel, file)
    for wheel_name, wheel in wheels.items():
        for name in wheel.namelist():
            if re.search(r"\.so(\.|$)", name):
                places.setdefault(pathlib.PurePath(name).name, (wheel_name, name))
    wanted, found = [pathlib.PurePath(ROOT).name], set()
    wanted += [soname for soname, (_, name) in places.items() if any(re.fullmatch(pattern, name) for pattern in BY_NAME)]
    while wanted:
        soname = wanted.pop()
        if soname in found or soname in IN_PROGRAM or OF_THE_SYSTEM.match(soname):
            continue
        if soname not in places:
            sys.exit(f"{soname} is asked for and in none of the wheels")
        found.add(soname)
        wheel_name, name = places[soname]
        wanted += needed(wheels[wheel_name], name)
    entries = []
    for item in json.loads(pathlib.Path(report).read_text(encoding="utf-8"))["install"]:
        file_name = item["download_info"]["url"].rsplit("/", 1)[1]
        libs = {name for soname, (wheel_name, name) in places.items() if wheel_name == file_name and soname in found}
        if not libs:
            continue
        infos = {info.filename: info.file_size for info in wheels[file_name].infolist()}
        files = sorted(libs) + sorted(name for name in infos if LICENCE.search(name) and not name.endswith("/"))
        entries.append({"project": item["metadata"]["name"], "version": item["metadata"]["version"], "file": file_name,
                        "sha256": item["download_info"]["archive_info"]["hashes"]["sha256"],
                        "size_bytes": (wheels_dir / file_name).stat().st_size, "files": {name: infos[name] for name in files}})
    manifest = {"title": "CUDA 13.0 for LibTorch 2.11.0", "minimum_driver": MINIMUM_DRIVER, "wheels": entries}
    output.write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    print(f"{len(entries)} wheels, {sum(entry['size_bytes'] for entry in entries) / 1e9:.2f} GB to fetch, "
          f"{sum(sum(entry['files'].values()) for entry in entries) / 1e9:.2f} GB on the disk")


if __name__ == "__main__":
    main()
