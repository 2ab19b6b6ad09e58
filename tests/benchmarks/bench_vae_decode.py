"""diffusers' side of bench_vae_decode.cpp: the same configs, sizes and measures.

    python tests/benchmarks/bench_vae_decode.py [threads] [repeats] [shape]
"""

import resource
import sys
import time

import torch
from diffusers import AutoencoderKLWan

# name: base_dim, num_res_blocks, latent frames, height, width
SHAPES = {"demo": (8, 1, 7, 12, 12), "demo_large": (8, 1, 9, 16, 16), "middle": (32, 2, 3, 30, 52), "wan": (96, 2, 3, 16, 16)}


def resident_peak_mib():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@torch.inference_mode()
def run(name, repeats):
    base_dim, num_res_blocks, frames, height, width = SHAPES[name]
    vae = AutoencoderKLWan(base_dim=base_dim, num_res_blocks=num_res_blocks).eval()
    latents = torch.randn(1, 16, frames, height, width)
    before_mib = resident_peak_mib()
    best = float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        vae.decode(latents)
        best = min(best, time.perf_counter() - start)
    print(f"{name:<11} {height * 8}x{width * 8} {4 * frames - 3} frames {best:8.3f} s {resident_peak_mib() - before_mib:8.1f} MiB more resident")


if __name__ == "__main__":
    torch.set_num_threads(int(sys.argv[1]) if len(sys.argv) > 1 else 2)
    for shape in sys.argv[3:] or SHAPES:
        run(shape, int(sys.argv[2]) if len(sys.argv) > 2 else 3)
