#!/usr/bin/env python3
"""How seconds and memory of a decode grow with the clip: diffusers whole and tiled, Headroom by method.

Every figure is of a process of its own that decodes once on the CPU in float32 with random weights: the resident bytes that
the decode added at its peak, and its seconds.  Headroom's frames are thrown away as they come, as a run does that writes
them to a file; diffusers' are returned as one tensor.  Needs the environment of tests/reference/requirements.txt and
bench_vae_decode, built by hand.

    python tests/benchmarks/decode_growth.py --program build/release/bin/bench_vae_decode [--shape demo_large] [--latent-frames 3 9 27]
        [--tile 64] [--plot growth.png]
"""

import argparse
import json
import subprocess
import sys
import time


def diffusers_once(shape, latent_frames, tile):
    import resource

    import torch
    from bench_vae_decode import SHAPES
    from diffusers import AutoencoderKLWan

    base_dim, num_res_blocks, _, height, width = SHAPES[shape]
    torch.set_num_threads(2)
    vae = AutoencoderKLWan(base_dim=base_dim, num_res_blocks=num_res_blocks).eval()
    if tile:
        vae.enable_tiling(tile, tile, tile * 3 // 4, tile * 3 // 4)
    latents = torch.randn(1, 16, latent_frames, height, width)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    with torch.inference_mode():
        vae.decode(latents)
    seconds = time.perf_counter() - start
    print(json.dumps([seconds, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024]))


def measure_diffusers(arguments, latent_frames, tile):
    child = [sys.executable, __file__, "--child", arguments.shape, str(latent_frames), str(tile)]
    return json.loads(subprocess.run(child, stdout=subprocess.PIPE, check=True).stdout.splitlines()[-1])


def measure_headroom(arguments, latent_frames, method):
    command = [arguments.program, "--repeats", "1", "--shape", arguments.shape, "--latent-frames", str(latent_frames), "--method", method]
    numbers = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.decode().splitlines()[-1].split()
    return float(numbers[1]), float(numbers[-1])


def plot(path, frame_counts, columns):
    try:
        import matplotlib.pyplot as pyplot
    except ImportError:
        print("matplotlib is not installed: no plot")
        return
    for name, figures in columns.items():
        pyplot.plot(frame_counts, [mib for _, mib in figures], marker="o", label=name)
    pyplot.xlabel("frames")
    pyplot.ylabel("MiB added by the decode")
    pyplot.legend()
    pyplot.savefig(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", required=True, help="bench_vae_decode")
    parser.add_argument("--shape", default="demo_large")
    parser.add_argument("--latent-frames", type=int, nargs="+", default=[3, 9, 27])
    parser.add_argument("--tile", type=int, default=64, choices=[64, 128, 256])
    parser.add_argument("--plot", help="a PNG of the memory, where matplotlib is installed")
    arguments = parser.parse_args()

    runs = {
        "diffusers whole": lambda latents: measure_diffusers(arguments, latents, 0),
        f"diffusers tiles:{arguments.tile}": lambda latents: measure_diffusers(arguments, latents, arguments.tile),
    }
    for method in ("whole", "strips:2", f"tiles:{arguments.tile}"):
        runs[f"Headroom {method}"] = lambda latents, method=method: measure_headroom(arguments, latents, method)
    columns = {name: [] for name in runs}
    frame_counts = [4 * latents - 3 for latents in arguments.latent_frames]
    print(f"{'':<22}" + "".join(f"{f'{frames} frames':>22}" for frames in frame_counts))
    for name, run in runs.items():
        for latents in arguments.latent_frames:
            columns[name].append(run(latents))
        print(f"{name:<22}" + "".join(f"{seconds:>10.2f} s {mib:>6.1f} MiB" for seconds, mib in columns[name]), flush=True)
    if arguments.plot:
        plot(arguments.plot, frame_counts, columns)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        diffusers_once(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    else:
        main()
