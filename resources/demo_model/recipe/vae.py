"""The VAE: its configuration, a faster form of it for whole clips, its training."""

import math
import random
import time
import types

import torch
import torch.nn.functional as F
from diffusers import AutoencoderKLWan
from diffusers.models.autoencoders.autoencoder_kl_wan import WanResample

from checkpoint import load_checkpoint, save_checkpoint
from clips import draw, random_clip, random_crops
from muon import muon_and_adamw
from settings import Settings

CHECKPOINT = "vae.pt"


def new_vae() -> AutoencoderKLWan:
    """Wan 2.1's autoencoder, 8 channels wide: 0.7 M parameters."""
    return AutoencoderKLWan(
        base_dim=8,
        z_dim=16,
        dim_mult=[1, 2, 4, 4],
        num_res_blocks=1,
        temperal_downsample=[False, True, True],
        latents_mean=[0.0] * 16,
        latents_std=[1.0] * 16,
    )


def _resample_whole_clip(self: WanResample, x, feat_cache=None, feat_idx=None):
    """WanResample.forward for all frames at once, what its chunks add up to.

    The first frame stands for itself; every later latent frame stands for two.
    """
    batch = x.shape[0]
    if self.mode == "upsample3d" and x.shape[2] > 1:
        later = self.time_conv(x[:, :, 1:])
        b, c, t, h, w = later.shape
        later = later.view(b, 2, c // 2, t, h, w).permute(0, 2, 3, 1, 4, 5)
        x = torch.cat([x[:, :, :1], later.reshape(b, c // 2, t * 2, h, w)], dim=2)
    frames = x.permute(0, 2, 1, 3, 4).flatten(0, 1)
    x = self.resample(frames).unflatten(0, (batch, -1)).permute(0, 2, 1, 3, 4)
    if self.mode == "downsample3d" and x.shape[2] > 1:
        x = torch.cat([x[:, :, :1], self.time_conv(x)], dim=2)
    return x


def for_whole_clips(vae: AutoencoderKLWan) -> AutoencoderKLWan:
    """Makes `encode_clip` and `decode_clip` work on `vae`; undo by reloading it.

    Diffusers walks through a clip in chunks of four frames and carries the
    convolutions' past along.  Zero padding on the left of the whole clip gives the
    same numbers in far fewer and larger operations.
    """
    for module in vae.modules():
        if isinstance(module, WanResample):
            module.forward = types.MethodType(_resample_whole_clip, module)
        elif isinstance(module, torch.nn.Conv3d):
            module.to(memory_format=torch.channels_last_3d)
        elif isinstance(module, torch.nn.Conv2d):
            module.to(memory_format=torch.channels_last)
    return vae


def encode_clip(vae: AutoencoderKLWan, clip: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The latents' mean and log variance."""
    clip = clip.contiguous(memory_format=torch.channels_last_3d)
    mean, log_variance = vae.quant_conv(vae.encoder(clip)).chunk(2, dim=1)
    return mean, log_variance.clamp(-30.0, 20.0)


def decode_clip(vae: AutoencoderKLWan, latents: torch.Tensor) -> torch.Tensor:
    return vae.decoder(vae.post_quant_conv(latents))


def _loss(vae, clip, kl_weight, generator):
    mean, log_variance = encode_clip(vae, clip)
    noise = torch.randn(mean.shape, generator=generator)
    decoded = decode_clip(vae, mean + (0.5 * log_variance).exp() * noise)
    kl = 0.5 * (mean.square() + log_variance.exp() - 1.0 - log_variance).mean()
    mse = F.mse_loss(decoded, clip)
    return F.l1_loss(decoded, clip) + mse + kl_weight * kl, mse, kl


def psnr(mse: float) -> float:
    """In dB, for values in [-1, 1]."""
    return 10 * math.log10(4.0 / max(mse, 1e-12))


@torch.no_grad()
def whole_clip_psnr(vae: AutoencoderKLWan, settings: Settings, clips: int = 16) -> list[float]:
    """Mean PSNR of each frame of whole clips, in dB."""
    rng = random.Random(settings.seed + 1)
    per_frame = torch.zeros(settings.frames)
    for _ in range(clips):
        clip = draw(random_clip(settings.frames, rng), settings.size)[None]
        decoded = decode_clip(vae, encode_clip(vae, clip)[0]).clamp(-1.0, 1.0)
        per_frame += (decoded - clip).square().mean(dim=(0, 1, 3, 4))
    return [psnr(mse) for mse in (per_frame / clips).tolist()]


def load_vae(settings: Settings) -> AutoencoderKLWan:
    """The latest checkpoint's VAE; an untrained one if there is none."""
    torch.manual_seed(settings.seed)
    vae = new_vae()
    load_checkpoint(settings.work / CHECKPOINT, {}, vae=vae)
    return vae.eval().requires_grad_(False)


def _optimizers(vae: AutoencoderKLWan) -> list[torch.optim.Optimizer]:
    """Muon for the convolutions' weights, AdamW for biases and norms."""
    weights = [p for p in vae.parameters() if p[0].numel() > 1]
    others = [p for p in vae.parameters() if p[0].numel() == 1]
    return muon_and_adamw(weights, others)


def train_vae(settings: Settings) -> AutoencoderKLWan:
    """Trains stage by stage; in each the rate rises and then falls as a cosine."""
    torch.manual_seed(settings.seed)
    vae = for_whole_clips(new_vae())
    weights, others = _optimizers(vae)
    parts = {"vae": vae, "weights": weights, "others": others}
    state = {"stage": 0, "step": 0}
    path = settings.work / CHECKPOINT
    load_checkpoint(path, state, **parts)
    saved = logged = time.monotonic()
    mse_sum, mse_count = 0.0, 0

    while state["stage"] < len(settings.vae_stages):
        crop, frames, batch, highest_rate, steps = settings.vae_stages[state["stage"]]
        if state["step"] == steps:
            levels = whole_clip_psnr(vae, settings)
            print("vae whole clips, dB a frame:", *(f"{level:.1f}" for level in levels), flush=True)
            state.update(stage=state["stage"] + 1, step=0)
            save_checkpoint(path, state, **parts)
            continue
        rng = random.Random(f"{settings.seed} {state}")  # the same after a restart
        generator = torch.Generator().manual_seed(rng.randrange(2**62))
        done = state["step"] / steps
        rate = highest_rate * min(1.0, 0.05 + done / 0.04) * math.cos(math.pi / 2 * done)
        clip = random_crops(batch, crop, frames, settings.size, settings.frames, rng)
        loss, mse, kl = _loss(vae, clip, settings.kl_weight, generator)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(vae.parameters(), 1.0)
        for optimizer in (weights, others):
            for group in optimizer.param_groups:
                group["lr"] = rate
            optimizer.step()
            optimizer.zero_grad()
        state["step"] += 1
        mse_sum += mse.item()
        mse_count += 1
        now = time.monotonic()
        if mse_count == 50:
            print(
                f"vae stage {state['stage']} step {state['step']} of {steps} "
                f"psnr {psnr(mse_sum / mse_count):.2f} dB kl {kl.item():.2f} "
                f"{(now - logged) / mse_count:.2f} s/step",
                flush=True,
            )
            logged, mse_sum, mse_count = now, 0.0, 0
        if now - saved > settings.checkpoint_seconds:
            saved = now
            save_checkpoint(path, state, **parts)
    return vae.eval().requires_grad_(False)
