"""Trains the demo model from nothing and exports it.

    python make_demo_model.py --work FOLDER --out FOLDER

Run it again after an interruption and it goes on from the latest checkpoints.
"""

import argparse
from pathlib import Path

import torch

from denoiser import train_denoiser
from export import export
from latents import encode_clips, write_preview_map
from settings import Settings
from text_encoder import train_text_encoder
from vae import train_vae
from vocabulary import write_tokenizer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, required=True, help="checkpoints and latents")
    parser.add_argument("--out", type=Path, required=True, help="the exported model")
    parser.add_argument("--smoke", action="store_true", help="every phase in tiny form")
    parser.add_argument(
        "--export-only", action="store_true", help="export the latest checkpoints as they are"
    )
    arguments = parser.parse_args()

    make = Settings.smoke if arguments.smoke else Settings
    settings = make(work=arguments.work, out=arguments.out)
    torch.set_num_threads(settings.threads)
    if not (settings.out / "tokenizer").exists():
        write_tokenizer(settings)
    if not arguments.export_only:
        vae = train_vae(settings)
        clips = encode_clips(settings, vae)
        write_preview_map(settings, clips)
        train_text_encoder(settings)
        train_denoiser(settings, clips)
    export(settings)


if __name__ == "__main__":
    main()
