"""Makes tests/goldens/vae_tiny_wan.safetensors and vae_uneven.safetensors: decodes of AutoencoderKLWan.

Each case holds normalised latents (what the transformer leaves) and the pixels that diffusers makes of them, with the
latents' statistics applied in float32 as WanPipeline does.  The first file decodes with tests/goldens/tiny_wan/vae; the
second brings the weights of its own autoencoder, whose channels, levels and blocks are all unlike Wan's.
`bf16.*` are the greatest and the mean distance between diffusers' own decodes of the case "5" in bfloat16 and float32.

Made with the versions of requirements.txt beside this file (diffusers 0.42.1, torch 2.11.0), on a CPU, in float32.

    python tests/reference/make_vae_goldens.py
"""

import json
import pathlib

import torch
from diffusers import AutoencoderKLWan
from safetensors.torch import save_file

GOLDENS = pathlib.Path(__file__).parent.parent / "goldens"

# name: batch, latent frames, height, width
TINY_CASES = {"1": (1, 1, 5, 7), "1_smallest": (1, 1, 1, 1), "5": (1, 2, 4, 6), "9_batch": (2, 3, 2, 3), "17": (1, 5, 3, 2)}
UNEVEN_CASES = {"1": (1, 1, 3, 4), "3": (1, 2, 5, 3), "9": (1, 5, 3, 5)}
UNEVEN_CONFIG = dict(base_dim=2, decoder_base_dim=3, z_dim=5, dim_mult=[1, 2, 3], num_res_blocks=2, temperal_downsample=[True, False],
                     latents_mean=[0.1, -0.2, 0.3, -0.4, 0.5], latents_std=[0.5, 1.0, 1.5, 2.0, 2.5],
                     scale_factor_spatial=4, scale_factor_temporal=2)


def uneven_autoencoder():
    torch.manual_seed(3)
    vae = AutoencoderKLWan(**UNEVEN_CONFIG).eval()
    with torch.no_grad():
        for name, parameter in vae.named_parameters():
            if name.endswith("gamma"):
                parameter.add_(0.2 * torch.randn_like(parameter))
    return vae


@torch.inference_mode()
def decode(vae, latents):
    shape = (1, -1, 1, 1, 1)
    mean = torch.tensor(vae.config.latents_mean).view(shape)
    inverse_std = 1.0 / torch.tensor(vae.config.latents_std).view(shape)
    return vae.decode((latents / inverse_std + mean).to(vae.dtype)).sample.float()


def make_cases(vae, cases):
    tensors = {}
    for seed, (name, (batch, frames, height, width)) in enumerate(cases.items()):
        generator = torch.Generator().manual_seed(100 + seed)
        latents = torch.randn(batch, vae.config.z_dim, frames, height, width, generator=generator)
        pixels = decode(vae, latents)
        print(name, tuple(pixels.shape), f"{pixels.min():.3f} to {pixels.max():.3f}, deviation {pixels.std():.3f}")
        tensors[f"{name}.latents"] = latents
        tensors[f"{name}.pixels"] = pixels.contiguous()
    return tensors


def main():
    vae = AutoencoderKLWan.from_pretrained(GOLDENS / "tiny_wan" / "vae").eval()
    tensors = make_cases(vae, TINY_CASES)
    distance = (decode(vae.to(torch.bfloat16), tensors["5.latents"]) - tensors["5.pixels"]).abs()
    print(f"bf16: greatest {distance.max():.4f}, mean {distance.mean():.5f}")
    tensors["bf16.greatest"] = distance.max().reshape(1)
    tensors["bf16.mean"] = distance.mean().reshape(1)
    save_file(tensors, GOLDENS / "vae_tiny_wan.safetensors")

    vae = uneven_autoencoder()
    tensors = make_cases(vae, UNEVEN_CASES)
    for name, value in vae.state_dict().items():
        if name.startswith(("decoder.", "post_quant_conv.")):
            tensors["weights." + name] = value.contiguous()
    save_file(tensors, GOLDENS / "vae_uneven.safetensors", metadata={"config": json.dumps(UNEVEN_CONFIG)})


if __name__ == "__main__":
    main()
