#!/usr/bin/env python3
"""Predicted against measured on a card, for models of published size: what the plan says a stage will take, what LibTorch's CUDA allocator and the
context then hold of the card. The card is the stand-in of tests/card: memory is real, nothing computes, so there are no seconds and no video.

    python tests/benchmarks/card_forecast.py [--build build/release] [--models wan2.1-t2v-1.3b …] [--denoise]
    python tests/benchmarks/card_forecast.py --card --denoise --models wan2.1-t2v-1.3b wan2.1-t2v-14b --budgets auto 4

--denoise also runs two steps of a whole generation (reads the model's weights, as zeros, through the page cache); budgets that keep the weights and
budgets that stream them side by side give what streaming costs. --card takes the card that is there, with seconds and what nvidia-smi shows. Needs
the environment of tests/reference/requirements.txt.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import threading

import safetensors.torch
import torch

import hollow_model

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
GIB = 1 << 30
# Latents of some chunks at the size that most people ask for, in the layout of each family's pipeline.
LATENTS = {"wan2.1-t2v-1.3b": (1, 16, 5, 60, 104), "wan2.2-ti2v-5b": (1, 48, 3, 44, 80), "hunyuan-video": (1, 16, 5, 34, 60),
           "cogvideox-2b": (1, 5, 16, 60, 90)}


def tree_name():
    """RuntimeManifest::tree_name of core/runtime: FNV-1a, 128 bits, over checksums and file names, each with its length."""
    value, prime = (0x6C62272E07BB0142 << 64) | 0x62B821756295C58D, (1 << 88) | 0x13B
    for wheel in json.loads((ROOT / "resources" / "gpu_runtime.json").read_text())["wheels"]:
        for text in (wheel["sha256"], *sorted(wheel["files"])):
            for byte in text.encode() + len(text.encode()).to_bytes(8, "little"):
                value = ((value ^ byte) * prime) % (1 << 128)
    return f"{value:032x}"[:16]


class Smi:
    """The most that nvidia-smi shows in use on the first card while it is entered, in MiB; 0 where there is none."""

    def __enter__(self):
        self.peak_mib, self.ended = 0, threading.Event()
        self.thread = threading.Thread(target=self.sample)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()

    def sample(self):
        while shutil.which("nvidia-smi") and not self.ended.wait(0.05):
            shown = subprocess.run(["nvidia-smi", "-i", "0", "--query-gpu=memory.used", "--format=csv,noheader,nounits"], capture_output=True, text=True)
            self.peak_mib = max(self.peak_mib, int(shown.stdout or 0))


def stand_in(build, folder):
    """The environment in which the program finds the stand-in card."""
    runtime = folder / "runtime"
    runtime.mkdir(exist_ok=True)
    place = runtime / tree_name()
    if not place.exists():
        place.symlink_to(build / "tests/card/stand_in/runtime")
    return {
        "LD_PRELOAD": str(build / "tests/card/libstand_in_card.so"), "LD_LIBRARY_PATH": str(build / "tests/card/stand_in/driver"),
        "HEADROOM_STAND_IN_CARD": "memory=24576", "HEADROOM_GPU_RUNTIME": str(runtime), "OMP_NUM_THREADS": "1"}


def run(build, folder, is_real, verb, *options):
    report = folder / "report.json"
    environment = os.environ | {"XDG_STATE_HOME": str(folder / "state")} | ({} if is_real else stand_in(build, folder))
    command = [str(build / "bin/headroom"), verb, "--device", "cuda:0", "--quiet", "--overwrite", "--output", str(folder / "clip.mkv"),
               "--report", str(report), *map(str, options)]
    with Smi() as smi:
        outcome = subprocess.run(command, env=environment, capture_output=True, text=True)
    if outcome.returncode:
        return outcome.stderr.strip()
    return json.loads(report.read_text()) | {"smi": smi.peak_mib}


def row(model, what, budget, report, is_real):
    if isinstance(report, str):
        print(f"{model:<18} {what:<16} {budget:>7} {report}")
        return
    for stage, plan in zip(report["stages"], report["plan"]):
        if stage["name"] == "text_encoder":
            continue
        tensors = sum(size for kind, size in plan["memory_bytes"].items() if kind not in ("context", "workspace"))
        predicted, measured = stage["predicted_peak_bytes"], stage["measured_peak_bytes"]
        print(f"{model:<18} {what + ' ' + stage['component']:<24} {budget:>7} {tensors / GIB:8.3f} {stage['tensor_peak_bytes'] / GIB:8.3f} "
              f"{predicted / GIB:9.3f} {measured / GIB:8.3f} {100 * measured / predicted - 100:+6.1f} %"
              + (f" {stage['predicted_seconds']:8.1f} s predicted {stage['seconds']:8.1f} s" if is_real else ""), flush=True)
    if report["smi"]:
        print(f"{'':<18} nvidia-smi {report['smi'] / 1024:.3f} GiB at most, others included; budget {report['budget_bytes'] / GIB:.3f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    parser.add_argument("--models", nargs="+", default=list(LATENTS), choices=sorted(hollow_model.TOKENIZERS_OF))
    parser.add_argument("--denoise", action="store_true")
    parser.add_argument("--card", action="store_true", help="the card that is there instead of the stand-in")
    parser.add_argument("--budgets", nargs="+", default=["auto", "3"], help="of the denoising runs")
    arguments = parser.parse_args()
    print(f"{'GiB':<18} {'':<24} {'budget':>7} {'tensors':>8} {'held':>8} {'predicted':>9} {'measured':>8}")
    for model in arguments.models:
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            hollow_model.make(model, folder / "model")
            if model in LATENTS:
                safetensors.torch.save_file({"latents": torch.randn(LATENTS[model])}, folder / "latents.safetensors")
                for method in ("whole", "strips", "tiles"):
                    report = run(arguments.build.resolve(), folder, arguments.card, "decode", "--model", folder / "model", "--latents", folder / "latents.safetensors",
                                 "--vae", method)
                    row(model, method, "auto", report, arguments.card)
            for budget in arguments.budgets if arguments.denoise else ():
                report = run(arguments.build.resolve(), folder, arguments.card, "generate", "--model", folder / "model", "--prompt", "a cat", "--steps", 2,
                             "--budget", budget)
                row(model, "two steps", budget, report, arguments.card)


if __name__ == "__main__":
    main()
