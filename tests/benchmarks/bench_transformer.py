"""diffusers' side of bench_transformer.cpp: the same config, sizes and measures.

    python tests/benchmarks/bench_transformer.py [threads] [forwards]
"""

import sys
import time

import torch
from diffusers import WanTransformer3DModel


def peak_bytes(work):
    """The most bytes that work() held at once, from the profiler's record of every allocation and release."""
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU], profile_memory=True) as profile:
        work()
    events = [event for event in profile.profiler.kineto_results.events() if event.name() == "[memory]"]
    live = peak = 0
    for event in sorted(events, key=lambda event: event.start_ns()):
        live += event.nbytes()
        peak = max(peak, live)
    return peak


@torch.no_grad()
def main():
    threads = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    forwards = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    torch.set_num_threads(threads)
    model = WanTransformer3DModel(num_attention_heads=8, attention_head_dim=64, text_dim=64, ffn_dim=1536, num_layers=2).eval()
    text = torch.zeros(1, 512, 64)
    text[:, :12].normal_()
    latents = torch.randn(1, 16, 9, 32, 32)

    def forward(step):
        return model(latents, torch.tensor([1000.0 - step]), text, return_dict=False)

    milliseconds = []
    for step in range(forwards):
        start = time.perf_counter()
        forward(step)
        milliseconds.append(1e3 * (time.perf_counter() - start))
    milliseconds.sort()
    peak = peak_bytes(lambda: forward(0))
    print(f"{threads} threads\ndiffusers: fastest {milliseconds[0]:.1f} ms, median {milliseconds[forwards // 2]:.1f} ms, "
          f"peak {peak / (9 * 16 * 16 * 512 * 4):.2f} times hidden")


if __name__ == "__main__":
    main()
