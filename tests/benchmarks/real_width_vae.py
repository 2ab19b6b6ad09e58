#!/usr/bin/env python3
"""The whole Wan 2.1 autoencoder at its published width with random weights, 416×240, 9 frames: whole, in strips and in tiles, what was
predicted against what was counted, and against diffusers' decode (seconds, resident memory, pixels). Minutes on a CPU.

Needs the environment of tests/reference/requirements.txt and ffmpeg.

    python tests/benchmarks/real_width_vae.py [--program build/release/bin/headroom] [--latent-frames 3]
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

from child_process import measure
from decode_growth import MIB, ROOT, make_latents

WIDTH, HEIGHT = 416, 240


def frames_of(clip):
    import torch

    raw = subprocess.run(["ffmpeg", "-loglevel", "error", "-i", clip, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"], stdout=subprocess.PIPE,
                         check=True).stdout
    return torch.frombuffer(bytearray(raw), dtype=torch.uint8).view(-1, HEIGHT, WIDTH, 3)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=str(ROOT / "build/release/bin/headroom"))
    parser.add_argument("--latent-frames", type=int, default=3)
    arguments = parser.parse_args()

    from benchmark_models import BenchmarkModel, build
    from safetensors.torch import load_file

    model = BenchmarkModel("Wan 2.1", "tiny_wan", {}, dict(base_dim=96, dim_mult=[1, 2, 4, 4], num_res_blocks=2), dict(width=WIDTH, height=HEIGHT))
    with tempfile.TemporaryDirectory() as place:
        scratch = pathlib.Path(place)
        folder, latents, pixels = build(model, scratch / "model"), scratch / "latents.safetensors", scratch / "pixels.safetensors"
        make_latents(folder, model.request, arguments.latent_frames, latents)
        task = {"do": "decode", "folder": str(folder), "latents": str(latents), "out": str(pixels)}
        output, peak = measure([sys.executable, ROOT / "tests/benchmarks/diffusers_side.py", json.dumps(task)])
        told = json.loads(output.splitlines()[-1])
        reference_seconds, reference_bytes = told["seconds"], peak - told["imported"]
        reference = load_file(pixels)["pixels"]
        print(f"diffusers: {reference_seconds:.1f} s, {reference_bytes / MIB:.0f} MiB above the imported libraries")
        print("| method | seconds, ratio | resident above the idle program, ratio | predicted peak | counted peak | apart | pixels more than 1/255 away |")
        print("| --- " * 7 + "|")
        for method in ("whole", "strips", "tiles"):
            report, clip = scratch / "report.json", scratch / "clip.mkv"
            _, peak = measure([arguments.program, "decode", "--model", folder, "--latents", latents, "--output", clip, "--overwrite", "--device",
                               "cpu", "--dtype", "fp32", "--vae", method, "--report", report, "--quiet"])
            _, idle = measure([arguments.program, "--version"])
            told = json.loads(report.read_text())
            stage = told["stages"][-1]
            predicted, counted = stage["predicted_peak_bytes"], stage["measured_peak_bytes"]
            away = ((frames_of(clip).int() - reference.int()).abs() > 1).float().mean().item()
            seconds, above = told["seconds_total"], peak - idle
            print(f"| {told['plan'][-1]['tiling']} | {seconds:.1f} s, {seconds / reference_seconds:.2f} | {above / MIB:.0f} MiB, "
                  f"{above / reference_bytes:.2f} | {predicted / MIB:.1f} MiB | {counted / MIB:.1f} MiB | {predicted / counted - 1:+.2%} "
                  f"| {away:.2%} |", flush=True)


if __name__ == "__main__":
    main()
