#!/usr/bin/env python3
"""How memory and seconds of a decode grow with the clip, for the autoencoder of every family: diffusers and Headroom, by method.

Every figure is of a process of its own that decodes once on the CPU in float32 with random weights (benchmark_models.py): the most
resident bytes above the idle program (above the imported libraries with diffusers), and the seconds. Headroom writes its frames to a
lossless file as they come; diffusers returns them as one tensor. Needs the environment of tests/reference/requirements.txt.

    python tests/benchmarks/decode_growth.py [--program build/release/bin/headroom] [--only NAME]… [--method NAME]… [--latent-frames 2 6 14] [--plot growth.png]
"""

import argparse
import json
import pathlib
import sys
import tempfile

from child_process import measure

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
MIB = 1 << 20
TILE, STRIDE = 64, 48  # pixels; half a picture of the benchmark's sizes and its usual overlap


def make_latents(folder, request, latent_frames, path):
    import torch
    from safetensors.torch import save_file

    config = json.loads((folder / "vae" / "config.json").read_text())
    ratio = config.get("scale_factor_spatial") or config.get("spatial_compression_ratio") or 8
    channels = config.get("z_dim") or config["latent_channels"]
    frames_first = config["_class_name"] == "AutoencoderKLCogVideoX"
    size = (request["height"] // ratio, request["width"] // ratio)
    torch.manual_seed(0)
    save_file({"latents": torch.randn((1, latent_frames, channels, *size) if frames_first else (1, channels, latent_frames, *size))}, path)


def run_diffusers(folder, latents, tile):
    task = {"do": "decode", "folder": str(folder), "latents": str(latents), "tile": tile}
    output, peak = measure([sys.executable, ROOT / "tests/benchmarks/diffusers_side.py", json.dumps(task)])
    told = json.loads(output.splitlines()[-1])
    return told["seconds"], peak - told["imported"]


def run_headroom(program, folder, latents, method, scratch):
    report = scratch / "report.json"
    _, peak = measure([program, "decode", "--model", folder, "--latents", latents, "--output", scratch / "clip.mkv", "--overwrite", "--device", "cpu",
                       "--dtype", "fp32", "--vae", method, "--report", report, "--quiet"])
    _, idle = measure([program, "--version"])
    return json.loads(report.read_text())["seconds_total"], peak - idle


def plot(path, latent_frames, tables):
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, len(tables), figsize=(4.5 * len(tables), 4), squeeze=False)
    for axis, (name, rows) in zip(axes[0], tables.items()):
        for method, figures in rows.items():
            axis.plot(latent_frames, [size / MIB for _, size in figures], marker="o", label=method)
        axis.set_title(name)
        axis.set_xlabel("latent frames")
        axis.set_ylabel("MiB above the idle program")
        axis.set_ylim(bottom=0)
    axes[0][0].legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(path, dpi=110)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=str(ROOT / "build/release/bin/headroom"))
    parser.add_argument("--only", action="append", help="a name of benchmark_models.py")
    parser.add_argument("--method", action="append", help="a name of the table's second column")
    parser.add_argument("--latent-frames", type=int, nargs="+", default=[2, 6, 14])
    parser.add_argument("--plot", help="a PNG of the memory; needs matplotlib")
    arguments = parser.parse_args()

    from benchmark_models import MODELS, build

    tiles = f"tiles:{TILE}x{TILE}+{STRIDE}x{STRIDE}"
    tables = {}
    print("| autoencoder | method | " + " | ".join(f"{count} latent frames" for count in arguments.latent_frames) + " |")
    print("| --- " * (2 + len(arguments.latent_frames)) + "|")
    with tempfile.TemporaryDirectory() as place:
        scratch = pathlib.Path(place)
        for model in MODELS:
            if "A14B" in model.name or model.name == "CogVideoX 1.5" or arguments.only and model.name not in arguments.only:
                continue  # these two have an autoencoder of the list's other models
            folder, latents = build(model, scratch / model.tiny), scratch / "latents.safetensors"
            runs = {"diffusers": lambda: run_diffusers(folder, latents, None),
                    "diffusers, tiles": lambda: run_diffusers(folder, latents, [TILE, STRIDE])}
            for title, method in (("whole", "whole"), ("strips", "strips"), ("tiles", tiles)):
                runs[f"Headroom, {title}"] = lambda method=method: run_headroom(arguments.program, folder, latents, method, scratch)
            runs = {name: run for name, run in runs.items() if not arguments.method or name in arguments.method}
            rows = tables.setdefault(model.name, {name: [] for name in runs})
            for count in arguments.latent_frames:
                make_latents(folder, model.request, count, latents)
                for name, run in runs.items():
                    rows[name].append(run())
            for name, figures in rows.items():
                print(f"| {model.name} | {name} | " + " | ".join(f"{size / MIB:.0f} MiB, {seconds:.1f} s" for seconds, size in figures) + " |",
                      flush=True)
    if arguments.plot:
        plot(arguments.plot, arguments.latent_frames, tables)


if __name__ == "__main__":
    main()
