"""Every number of the recipe that one may want to turn, in one place."""

import dataclasses
from pathlib import Path


@dataclasses.dataclass
class Settings:
    work: Path  # checkpoints, latents and logs; safe to delete once exported
    out: Path  # the exported model folder

    seed: int = 20261124
    threads: int = 2

    # The clips.  Width and height are multiples of 16, frames is 4 n + 1.
    size: int = 96
    frames: int = 25
    fps: int = 16

    checkpoint_seconds: float = 120.0

    # The VAE trains on one list of stages after another: (crop size, frames,
    # batch, highest learning rate, steps).  Single frames first: the 3-D net
    # does not converge when it starts on clips.
    vae_stages: tuple = (
        (32, 1, 32, 2e-3, 1000),
        (32, 9, 8, 1.5e-3, 1000),
        (48, 25, 3, 2e-3, 1500),
    )
    kl_weight: float = 3e-4

    # The clips whose latents the denoiser trains on.
    clips: int = 2048

    text_steps: int = 600
    text_batch: int = 64

    denoiser_steps: int = 2800
    denoiser_batch: int = 16
    denoiser_rate: float = 1.5e-3
    ema_decay: float = 0.998
    caption_dropout: float = 0.1
    pure_noise: float = 0.25  # shares of the training samples
    nearly_pure_noise: float = 0.25
    flow_shift: float = 3.0

    # What a request that leaves these out gets; chosen with demo_model_judge.py.
    steps: int = 20
    guidance: float = 3.0
    prompt: str = "a red circle moving right on a blue background"

    vocabulary: int = 2048
    max_sequence_length: int = 512

    @classmethod
    def smoke(cls, work: Path, out: Path) -> "Settings":
        """Every phase in tiny form, to test the recipe itself in a few minutes."""
        return cls(
            work=work,
            out=out,
            vae_stages=((32, 1, 8, 2e-3, 10), (32, 9, 2, 7e-4, 5)),
            clips=8,
            text_steps=10,
            text_batch=8,
            denoiser_steps=6,
            denoiser_batch=4,
        )
