#!/usr/bin/env python3
"""Headroom against diffusers: same weights, same request, in turn on the same machine.

Prints a table of seconds and peak resident memory, and their ratios (Headroom / diffusers). Medians over the rounds;
the two alternate, so that a drift of the machine meets both. Needs the environment of tests/reference/requirements.txt.

    python tests/benchmarks/versus_diffusers.py --program build/release/bin/headroom [--model DIR] [--rounds 3]
"""

import argparse
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
MIB = 1 << 20


def measure(command):
    """Runs a command; returns its standard output and peak resident bytes."""
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read_end)
        outcome = subprocess.run(command, stdout=subprocess.PIPE, check=True)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
        os.write(write_end, json.dumps({"output": outcome.stdout.decode(), "peak": peak}).encode())
        os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end) as pipe:
        told = pipe.read()
    os.waitpid(pid, 0)
    if not told:
        sys.exit(f"{command[0]} failed")
    parsed = json.loads(told)
    return parsed["output"], parsed["peak"]


def run_headroom(arguments, request):
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder) / "report.json"
        command = [arguments.program, "generate", "--model", arguments.model, "--prompt", request["prompt"], "--seed", "1",
                   "--width", str(request["width"]), "--height", str(request["height"]), "--frames", str(request["frames"]),
                   "--steps", str(request["steps"]), "--guidance", str(request["guidance"]), "--dtype", "fp32", "--device", "cpu",
                   "--output", str(pathlib.Path(folder) / "clip.mkv"), "--report", str(report), "--quiet"]
        _, peak = measure(command)
        told = json.loads(report.read_text())
    _, idle = measure([arguments.program, "--version"])
    return {"seconds": told["seconds_total"], "peak": peak, "above_program": peak - idle, "first_frame": told["seconds_to_first_frame"]}


def run_diffusers(arguments, request):
    output, peak = measure([sys.executable, __file__, "--diffusers-child", json.dumps(request), "--model", arguments.model])
    told = json.loads(output.splitlines()[-1])
    return {"seconds": told["seconds"], "peak": peak, "above_program": peak - told["imported"], "first_frame": told["seconds"]}


def diffusers_child(model, request):
    import time

    import torch
    from diffusers import WanPipeline
    from transformers import PreTrainedTokenizerFast

    def resident():
        return int(pathlib.Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")

    imported = resident()
    started = time.perf_counter()  # Headroom's seconds include reading the weights too
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(pathlib.Path(model) / "tokenizer" / "tokenizer.json"),
                                        pad_token="<pad>", eos_token="</s>", unk_token="<unk>")
    pipeline = WanPipeline.from_pretrained(model, torch_dtype=torch.float32, tokenizer=tokenizer)
    pipeline.set_progress_bar_config(disable=True)
    pipeline(request["prompt"], negative_prompt="", width=request["width"], height=request["height"],
             num_frames=request["frames"], num_inference_steps=request["steps"], guidance_scale=request["guidance"],
             generator=torch.Generator("cpu").manual_seed(1))
    print(json.dumps({"seconds": time.perf_counter() - started, "imported": imported}))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=str(ROOT / "build/release/bin/headroom"))
    parser.add_argument("--model", default=str(ROOT / "resources/demo_model"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--diffusers-child", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.diffusers_child:
        return diffusers_child(arguments.model, json.loads(arguments.diffusers_child))

    info = json.loads(subprocess.run([arguments.program, "inspect", arguments.model, "--json"], stdout=subprocess.PIPE, check=True).stdout)
    request = dict(info["defaults"], prompt="a red circle moving right on a blue background")
    rounds = {"Headroom": [], "diffusers": []}
    for _ in range(arguments.rounds):
        rounds["Headroom"].append(run_headroom(arguments, request))
        rounds["diffusers"].append(run_diffusers(arguments, request))

    def median(name, key):
        return statistics.median(outcome[key] for outcome in rounds[name])

    print(f"{request['width']}x{request['height']}, {request['frames']} frames, {request['steps']} steps, {arguments.rounds} rounds, medians")
    print(f"{'':34}{'Headroom':>12}{'diffusers':>12}{'ratio':>8}")
    for title, key, unit in (("seconds, from reading the weights", "seconds", 1), ("seconds to the first frame", "first_frame", 1),
                             ("peak resident MiB", "peak", MIB), ("  above the idle program", "above_program", MIB)):
        ours, theirs = median("Headroom", key) / unit, median("diffusers", key) / unit
        print(f"{title:34}{ours:12.2f}{theirs:12.2f}{ours / theirs:8.2f}")


if __name__ == "__main__":
    main()
