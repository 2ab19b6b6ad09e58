#!/usr/bin/env python3
"""Predicted against counted for models of published size that compute on the CPU: every layer in its full width and depth, on a small clip. The
weights are zeros (hollow_model.py), so the video is grey; a budget that holds them and one through which they stream.

    python tests/benchmarks/published_widths.py [--build build/release] [--models wan2.1-t2v-1.3b …] [--dtype bf16] [--budgets auto 3]

Takes minutes a model and as much memory as the largest budget. Needs the environment of tests/reference/requirements.txt.
"""

import argparse
import json
import os
import pathlib
import subprocess
import tempfile

import hollow_model

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
GIB = 1 << 30
CLIP = ["--prompt", "a cat", "--width", "256", "--height", "256", "--frames", "9", "--steps", "1"]


def generate(build, folder, dtype, budget):
    report = folder / "report.json"
    # A state folder of each run's own: embeddings that are kept would save the text encoder.
    with tempfile.TemporaryDirectory() as state:
        command = [str(build / "bin/headroom"), "generate", "--model", str(folder / "model"), *CLIP, "--device", "cpu", "--dtype", dtype,
                   "--budget", budget, "--output", str(folder / "clip.mkv"), "--overwrite", "--report", str(report), "--quiet"]
        outcome = subprocess.run(command, env=os.environ | {"XDG_STATE_HOME": state}, capture_output=True, text=True)
    return json.loads(report.read_text()) if outcome.returncode == 0 else outcome.stderr.strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    parser.add_argument("--models", nargs="+", default=["wan2.1-t2v-1.3b", "wan2.2-ti2v-5b", "hunyuan-video", "cogvideox-2b"],
                        choices=sorted(hollow_model.TOKENIZERS_OF))
    parser.add_argument("--dtype", default="bf16")
    parser.add_argument("--budgets", nargs="+", default=["auto", "3"])
    arguments = parser.parse_args()
    print(f"{'model':<16} {'budget':>6} {'stage':<16} {'predicted GiB':>13} {'counted GiB':>11} {'apart':>8} {'seconds':>8}")
    for model in arguments.models:
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            hollow_model.make(model, folder / "model")
            for budget in arguments.budgets:
                report = generate(arguments.build.resolve(), folder, arguments.dtype, budget)
                if isinstance(report, str):
                    print(f"{model:<16} {budget:>6} {report}", flush=True)
                    continue
                for stage in report["stages"]:
                    predicted, counted = stage["predicted_peak_bytes"], stage["measured_peak_bytes"]
                    print(f"{model:<16} {budget:>6} {stage['component']:<16} {predicted / GIB:13.4f} {counted / GIB:11.4f} "
                          f"{100 * predicted / counted - 100:+6.2f} % {stage['seconds']:8.1f}", flush=True)


if __name__ == "__main__":
    main()
