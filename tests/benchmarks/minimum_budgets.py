#!/usr/bin/env python3
"""Prints the README's table of minimum budgets: what `headroom plan` says for every published model and size, beside published figures.

    tests/benchmarks/minimum_budgets.py [build/release/bin/headroom]

The card is imagined (24 GiB, bf16); its context is assumed, not measured. The host's memory is this machine's: rows that need more of it than is
free can't be planned here. Published figures: the authors' READMEs and diffusers' documentation, peak of a whole run on one card.
"""
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
# model, width, height, frames, published
ROWS = [("wan2.1-t2v-1.3b", 832, 480, 81, "8.2 GB (authors, offloaded)"),
        ("wan2.1-t2v-14b", 832, 480, 81, "about 13 GB (diffusers, group offload)"),
        ("wan2.1-t2v-14b", 1280, 720, 81, "69.1 GB (authors)"),
        ("wan2.2-t2v-a14b", 832, 480, 81, "41.3 GB (authors)"),
        ("wan2.2-t2v-a14b", 1280, 720, 81, "59.8 GB (authors)"),
        ("wan2.2-ti2v-5b", 1280, 704, 121, "22.9 GB (authors)"),
        ("hunyuan-video", 960, 544, 129, "45 GB (authors)"),
        ("hunyuan-video", 1280, 720, 129, "60 GB (authors), 14 GB in 4 bits with tiles (diffusers)"),
        ("cogvideox-2b", 720, 480, 49, "4 GB with sequential offload and tiles (authors)"),
        ("cogvideox-5b", 720, 480, 49, "5 GB with sequential offload and tiles (authors)"),
        ("cogvideox1.5-5b", 1360, 768, 81, "10 GB with sequential offload and tiles (authors)")]


def plan(program, model, width, height, frames):
    arguments = [program, "plan", "--model", model, "--width", width, "--height", height, "--frames", frames, "--dtype", "bf16",
                 "--device", "cuda:0", "--device-memory", "24", "--budget", "24", "--json"]
    return json.loads(subprocess.run([str(each) for each in arguments], capture_output=True, text=True).stdout)


def gib(size_bytes):
    return f"{size_bytes / 2**30:.1f} GiB"


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else ROOT / "build" / "release" / "bin" / "headroom"
    print("| model | clip | least, exact | least, with ≈ | published |\n| --- | --- | --- | --- | --- |")
    for model, width, height, frames, published in ROWS:
        if not (ROOT / "resources" / "catalog" / model).is_dir():
            continue
        found = plan(program, model, width, height, frames)
        exact, least = found["minimum_exact_budget_bytes"], found["minimum_budget_bytes"]
        print(f"| {model} | {width}×{height}, {frames} frames | {gib(exact)} | {gib(least) if least < exact else 'the same'} | {published} |")


if __name__ == "__main__":
    main()
