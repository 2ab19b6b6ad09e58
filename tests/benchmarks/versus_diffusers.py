#!/usr/bin/env python3
"""Headroom against diffusers, every family: same weights, same request, in turn on the same machine.

Prints a row a model: seconds and peak resident memory of both, their ratios (Headroom / diffusers), and how far the latents are apart
(largest difference by largest value), which says that both did the same work. Medians over the rounds; the two alternate, so that a
drift of the machine meets both. The demo model is trained and small; the others are random and middle-sized (benchmark_models.py).
Needs the environment of tests/reference/requirements.txt.

    python tests/benchmarks/versus_diffusers.py [--program build/release/bin/headroom] [--rounds 3] [--only NAME]… [--model DIR]…
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

from child_process import measure

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROMPT = "a red circle moving right on a blue background"
MIB = 1 << 20


def run_headroom(program, folder, request, extra, scratch):
    report, latents = scratch / "report.json", scratch / "headroom.safetensors"
    command = [program, "generate", "--model", folder, "--prompt", PROMPT, "--seed", 1, "--dtype", "fp32", "--device", "cpu", "--quiet",
               "--overwrite", "--output", scratch / "clip.mkv", "--report", report, "--latents-out", latents]
    for name in ("width", "height", "frames", "steps", "guidance"):
        command += [f"--{name}", request[name]]
    for name, value in extra.items():
        command += ["--" + name.replace("_", "-"), value] if name == "guidance_2" else ["--set", name, value]
    _, peak = measure(command)
    told = json.loads(report.read_text())
    _, idle = measure([program, "--version"])
    return {"seconds": told["seconds_total"], "peak": peak, "above": peak - idle, "first": told["seconds_to_first_frame"], "latents": latents}


def run_diffusers(folder, request, extra, scratch):
    latents = scratch / "diffusers.safetensors"
    task = {"do": "generate", "folder": str(folder), "prompt": PROMPT, "request": request, "extra": extra, "out": str(latents)}
    output, peak = measure([sys.executable, ROOT / "tests/benchmarks/diffusers_side.py", json.dumps(task)])
    told = json.loads(output.splitlines()[-1])
    return {"seconds": told["seconds"], "peak": peak, "above": peak - told["imported"], "first": told["seconds"], "latents": latents}


def distance(a, b):
    from safetensors.torch import load_file

    ours, theirs = load_file(a)["latents"], load_file(b)["latents"]
    if ours.shape != theirs.shape:
        return float("nan")
    return ((ours - theirs).abs().max() / theirs.abs().max()).item()


def compare(name, program, folder, request, extra, rounds, scratch):
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(run_headroom(program, folder, request, extra, scratch))
        theirs.append(run_diffusers(folder, request, extra, scratch))

    def cell(key, unit, digits):
        a, b = (statistics.median(each[key] for each in runs) / unit for runs in (ours, theirs))
        return f"{a:.{digits}f} / {b:.{digits}f} = {a / b:.2f}"

    size = f"{request['width']}×{request['height']}, {request['frames']} frames, {request['steps']} steps"
    print(f"| {name} | {size} | {cell('seconds', 1, 2)} | {cell('first', 1, 2)} | {cell('peak', MIB, 0)} | {cell('above', MIB, 0)} "
          f"| {distance(ours[-1]['latents'], theirs[-1]['latents']):.1e} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=str(ROOT / "build/release/bin/headroom"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", action="append", help="a name of the table's first column")
    parser.add_argument("--model", action="append", default=[], help="a folder instead of the demo model and the random ones, with its defaults")
    arguments = parser.parse_args()

    from benchmark_models import MODELS, build

    print("| model | clip | seconds | to the first frame | peak MiB | above the idle program, MiB | latents apart |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as place:
        scratch = pathlib.Path(place)
        cases = []
        for folder in arguments.model or [ROOT / "resources/demo_model"]:
            info = json.loads(subprocess.run([arguments.program, "inspect", folder, "--json"], stdout=subprocess.PIPE, check=True).stdout)
            cases.append((pathlib.Path(folder).name, lambda folder=folder: pathlib.Path(folder), info["defaults"], {}))
        for model in [] if arguments.model else MODELS:
            cases.append((model.name, lambda model=model: build(model, scratch / model.tiny), model.request, model.extra))
        for name, folder, request, extra in cases:
            if not arguments.only or name in arguments.only:
                compare(name, arguments.program, folder(), request, extra, arguments.rounds, scratch)


if __name__ == "__main__":
    main()
