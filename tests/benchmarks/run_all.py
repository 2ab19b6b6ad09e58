#!/usr/bin/env python3
"""Runs every benchmark in turn and prints what each says. What can't run here (no diffusers, no Xvfb) is named with the reason.

    python3 tests/benchmarks/run_all.py [--build build/release] [--quick]
"""

import argparse
import importlib.util
import os
import pathlib
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
HERE = pathlib.Path(__file__).parent


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    parser.add_argument("--quick", action="store_true", help="fewer rounds and shorter clips")
    arguments = parser.parse_args()
    build, quick = arguments.build.resolve(), arguments.quick

    compiled = ["bench_streaming", "bench_transformer", "bench_vae_decode", "bench_memory_panel"]
    subprocess.run(["cmake", "--build", str(build), "-j2", "--target", "headroom_program", *compiled], check=True, stdout=subprocess.DEVNULL)
    program = build / "bin/headroom"
    no_diffusers = None if importlib.util.find_spec("diffusers") else "diffusers is not installed for this Python"
    no_card = None if (build / "tests/card/libstand_in_card.so").exists() else "the stand-in card is not built (no CUDA toolkit)"
    no_screen = None if shutil.which("Xvfb") and shutil.which("xwininfo") else "Xvfb or xwininfo is not installed"

    def python(name, *options):
        return [sys.executable, str(HERE / name), *map(str, options)]

    def compiled_program(name, *options):
        return [str(next(build.rglob(name))), *map(str, options)]

    benchmarks = [
        ("Whole runs against diffusers", python("versus_diffusers.py", "--program", program, "--rounds", 1 if quick else 3), no_diffusers),
        ("Decode against the length of the clip", python("decode_growth.py", "--program", program, "--latent-frames", *([2, 4] if quick else [2, 6, 14])),
         no_diffusers),
        ("Wan 2.1's autoencoder at its published width", python("real_width_vae.py", "--program", program, "--latent-frames", 2 if quick else 3),
         no_diffusers),
        ("Published sizes on the stand-in card", python("card_forecast.py", "--build", build, *(["--models", "wan2.1-t2v-1.3b"] if quick else [])),
         no_diffusers or no_card),
        ("Published sizes on the CPU", python("published_widths.py", "--build", build, *(["--models", "wan2.1-t2v-1.3b"] if quick else [])), no_diffusers),
        ("A forward of the transformer", compiled_program("bench_transformer"), None),
        ("The same with diffusers", python("bench_transformer.py"), no_diffusers),
        ("Wan's decoder by method", compiled_program("bench_vae_decode", "--shape", "demo_large"), None),
        ("The same with diffusers", python("bench_vae_decode.py", 2, 3, "demo_large"), no_diffusers),
        ("Streamed against resident weights", compiled_program("bench_streaming"), None),
        ("From a move of the slider to the drawn plan", compiled_program("bench_memory_panel"), None),
        ("From the start to the window", python("startup.py", program, 3 if quick else 7), no_screen),
        ("The least budgets of published models", python("minimum_budgets.py", program), None),
    ]
    for title, command, missing in benchmarks:
        print(f"\n== {title}", flush=True)
        if missing:
            print(f"Left out: {missing}.")
            continue
        started = time.monotonic()
        outcome = subprocess.run(command, env=os.environ | {"QT_QPA_PLATFORM": "offscreen"})
        ended = "" if outcome.returncode == 0 else f", ended with {outcome.returncode}"
        print(f"({time.monotonic() - started:.0f} s{ended})", flush=True)


if __name__ == "__main__":
    main()
