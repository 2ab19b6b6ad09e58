"""Makes tests/goldens/hunyuan_vae_{decode,tiles,uneven,encode}.safetensors: decodes and encodes of AutoencoderKLHunyuanVideo.

Each case holds scaled latents (what the transformer leaves or takes) and pixels in [-1, 1], with the scale applied in float32.
Tiling in time is as diffusers has it by default.  Cases with `tiles` (tile height and width, stride height and width) are
tiled in space too.  Every file but `tiles`, which is of the autoencoder of `decode`, brings the weights of its half of a small
random autoencoder: `decode` and `encode` those of one with the published one's four levels, `uneven` those of one whose levels,
channels, ratio and blocks are unlike it.  `bf16.*` are the greatest and the mean distance between diffusers' own decodes of the
case "5" in bfloat16 and float32.

Made with the versions of requirements.txt beside this file (diffusers 0.42.1, torch 2.11.0), on a CPU, in float64: group norms
of so few numbers amplify rounding, so that diffusers' own decodes in float32 are up to 1e-5 away from these.

    python tests/reference/make_hunyuan_vae_goldens.py
"""

import json
import pathlib

import torch
from diffusers import AutoencoderKLHunyuanVideo
from safetensors.torch import save_file

GOLDENS = pathlib.Path(__file__).parent.parent / "goldens"

CONFIG = dict(block_out_channels=[4, 4, 8, 8], layers_per_block=1, norm_num_groups=2, latent_channels=3)
UNEVEN_CONFIG = dict(
    block_out_channels=[4, 6, 10], layers_per_block=2, norm_num_groups=2, latent_channels=5, scaling_factor=0.7,
    spatial_compression_ratio=4, mid_block_add_attention=False,
    down_block_types=["HunyuanVideoDownBlock3D"] * 3, up_block_types=["HunyuanVideoUpBlock3D"] * 3)

# name: (batch, latent frames, height, width), tiles
DECODES = {
    "1": ((1, 1, 2, 3), None),
    "2": ((1, 2, 3, 1), None),
    "4": ((1, 4, 1, 1), None),
    "5": ((1, 5, 2, 1), None),
    "6": ((1, 6, 1, 1), None),
    "7": ((1, 7, 1, 1), None),
    "8": ((1, 8, 1, 1), None),
    "2_batch": ((2, 2, 1, 1), None),
    "2_sliced": ((2, 2, 2, 1), None),
}
TILED_DECODES = {
    "1": ((1, 1, 5, 4), (24, 16, 16, 8)),
    "6": ((1, 6, 3, 1), (16, 16, 8, 8)),
    "2_apart": ((1, 2, 3, 4), (16, 16, 16, 16)),
    "1_too_small_for_tiles": ((1, 1, 3, 2), (24, 16, 8, 8)),
}
UNEVEN_DECODES = {
    "1": ((1, 1, 3, 4), None),
    "6": ((1, 6, 2, 3), None),
    "2_tiles": ((1, 2, 7, 5), (16, 12, 12, 8)),
    "6_tiles": ((2, 6, 3, 1), (8, 4, 4, 4)),
}
# name: (batch, frames, height, width), tiles
ENCODES = {
    "1": ((1, 1, 16, 24), None),
    "5": ((1, 5, 16, 8), None),
    "9": ((1, 9, 8, 8), None),
    "17": ((1, 17, 16, 8), None),
    "21": ((1, 21, 8, 8), None),
    "25": ((1, 25, 8, 8), None),
    "29": ((1, 29, 8, 8), None),
    "17_batch": ((2, 17, 8, 8), None),
    "5_sliced": ((2, 5, 16, 8), None),
    "1_tiles": ((1, 1, 40, 24), (24, 16, 16, 8)),
    "21_tiles": ((1, 21, 24, 8), (16, 16, 8, 8)),
}


def autoencoder(config, seed):
    torch.manual_seed(seed)
    vae = AutoencoderKLHunyuanVideo(**config).eval()
    with torch.no_grad():
        for name, parameter in vae.named_parameters():
            if "norm" in name:
                parameter.add_(0.2 * torch.randn_like(parameter))
        vae.decoder.conv_out.conv.weight.mul_(0.7)
    return vae.double()


def set_up(vae, name, tiles):
    vae.use_tiling = False
    vae.use_slicing = name.endswith("sliced")
    if tiles:
        tile_height, tile_width, stride_height, stride_width = tiles
        vae.enable_tiling(tile_sample_min_height=tile_height, tile_sample_min_width=tile_width,
                          tile_sample_stride_height=stride_height, tile_sample_stride_width=stride_width)


@torch.inference_mode()
def decode(vae, latents):
    return vae.decode((latents.double() / vae.config.scaling_factor).to(vae.dtype)).sample.float().clamp(-1, 1)


def add_decodes(tensors, vae, cases):
    for seed, (name, (shape, tiles)) in enumerate(cases.items()):
        batch, frames, height, width = shape
        generator = torch.Generator().manual_seed(300 + seed)
        latents = torch.randn(batch, vae.config.latent_channels, frames, height, width, generator=generator)
        set_up(vae, name, tiles)
        pixels = decode(vae, latents)
        print(name, tuple(pixels.shape), f"clamped {(pixels.abs() == 1).float().mean():.4f}, deviation {pixels.std():.3f}")
        tensors[f"{name}.latents"] = latents
        tensors[f"{name}.pixels"] = pixels.contiguous()
        if tiles:
            tensors[f"{name}.tiles"] = torch.tensor(tiles)
            set_up(vae, name, None)
            print(f"    {(decode(vae, latents) - pixels).abs().max():.4f} from the decode without tiles")


@torch.inference_mode()
def add_encodes(tensors, vae, cases):
    for seed, (name, (shape, tiles)) in enumerate(cases.items()):
        batch, frames, height, width = shape
        generator = torch.Generator().manual_seed(400 + seed)
        pixels = torch.rand(batch, 3, frames, height, width, generator=generator) * 2 - 1
        set_up(vae, name, tiles)
        latents = (vae.encode(pixels.to(vae.dtype)).latent_dist.mode() * vae.config.scaling_factor).float()
        print(name, tuple(latents.shape), f"deviation {latents.std():.3f}")
        tensors[f"{name}.pixels"] = pixels
        tensors[f"{name}.latents"] = latents.contiguous()
        if tiles:
            tensors[f"{name}.tiles"] = torch.tensor(tiles)


def weights_of(vae, *prefixes):
    return {"weights." + name: value.float().contiguous() for name, value in vae.state_dict().items() if name.startswith(prefixes)}


def save(tensors, name, config):
    path = GOLDENS / f"hunyuan_vae_{name}.safetensors"
    save_file(tensors, path, metadata={"config": json.dumps(config)})
    print(path.name, path.stat().st_size, "bytes")


def main():
    vae = autoencoder(CONFIG, seed=5)
    tensors = weights_of(vae, "decoder.", "post_quant_conv.")
    add_decodes(tensors, vae, DECODES)
    set_up(vae, "", None)
    distance = (decode(vae.to(torch.bfloat16), tensors["5.latents"]) - tensors["5.pixels"]).abs()
    tensors["bf16.greatest"] = distance.max().reshape(1)
    tensors["bf16.mean"] = distance.mean().reshape(1)
    save(tensors, "decode", CONFIG)

    tensors = {}
    add_decodes(tensors, autoencoder(CONFIG, seed=5), TILED_DECODES)
    save(tensors, "tiles", CONFIG)

    vae = autoencoder(CONFIG, seed=5)
    tensors = weights_of(vae, "encoder.", "quant_conv.")
    add_encodes(tensors, vae, ENCODES)
    save(tensors, "encode", CONFIG)

    vae = autoencoder(UNEVEN_CONFIG, seed=6)
    tensors = weights_of(vae, "decoder.", "post_quant_conv.")
    add_decodes(tensors, vae, UNEVEN_DECODES)
    save(tensors, "uneven", UNEVEN_CONFIG)


if __name__ == "__main__":
    main()
