"""Makes tests/goldens/cogvideox_vae_{decode,encode}_{usual,uneven}.safetensors: AutoencoderKLCogVideoX.

Two autoencoders with random weights: "usual" has the published one's four levels and ratio; "uneven" has three levels, another ratio
and no two levels of the same width.  Each file brings the weights that it needs as `weights.KEY`; the configs are repeated in the
tests.

Decoding: the latents are scaled (what the transformer leaves), and not stored but drawn by `torch.randn(shape,
generator=manual_seed(seed))` like the pixels below; `CASE.shape` is their shape with the seed behind it.  `CASE.pixels` are clamped to
[-1, 1], as what decodes.  Cases that begin with "tiled" are decoded in tiles; `CASE.tiles` is tile height, tile width, stride height,
stride width in pixels.  Those of "sliced" are decoded item by item.

Encoding: `CASE.latents` are the mode of the latents' distribution times the scaling factor, of pixels drawn as `0.5 * torch.randn(shape,
generator=manual_seed(seed))` clamped to [-1, 1].

`bf16.*` are the greatest and the mean distance between diffusers' own decodes (encodes) of one clip in bfloat16 and float32.

Made with the versions of requirements.txt beside this file (diffusers 0.42.1, torch 2.11.0), on a CPU, in float32.

    python tests/reference/make_cogvideox_vae_goldens.py
"""

import pathlib

import torch
from diffusers import AutoencoderKLCogVideoX
from safetensors.torch import save_file

GOLDENS = pathlib.Path(__file__).parent.parent / "goldens"
BLOCKS = ("CogVideoXDownBlock3D", "CogVideoXUpBlock3D")
CONFIGS = {
    "usual": dict(block_out_channels=(2, 4, 4, 8), latent_channels=4, layers_per_block=1, norm_num_groups=2,
                  temporal_compression_ratio=4, scaling_factor=0.7, sample_height=64, sample_width=64),
    "uneven": dict(block_out_channels=(2, 4, 6), latent_channels=5, layers_per_block=2, norm_num_groups=2, norm_eps=1e-3,
                   temporal_compression_ratio=2, scaling_factor=1.3, sample_height=48, sample_width=40),
}
# name: batch, latent frames, height, width
DECODES = {
    "usual": {"1": (1, 1, 3, 4), "2": (1, 2, 2, 3), "3": (1, 3, 2, 2), "4": (1, 4, 1, 2), "5": (1, 5, 2, 1), "batch": (2, 3, 2, 1)},
    "uneven": {"1": (1, 1, 5, 3), "2": (1, 2, 3, 2), "5": (1, 5, 3, 4), "sliced": (2, 3, 2, 3)},
}
# name: batch, frames, height, width
ENCODES = {
    "usual": {"1": (1, 1, 24, 16), "5": (1, 5, 16, 24), "9": (1, 9, 16, 16), "13": (1, 13, 16, 8), "17": (1, 17, 8, 16),
              "8": (1, 8, 16, 8), "16_batch": (2, 16, 8, 8)},
    "uneven": {"1": (1, 1, 12, 20), "9": (1, 9, 8, 12), "15": (1, 15, 12, 8), "25": (1, 25, 8, 8), "sliced": (2, 9, 8, 4)},
}
# name: latents' or pixels' shape, then (tile height, tile width), overlap factors; None leaves them as the autoencoder has them.
TILED_DECODES = {
    "usual": {"tiled": ((1, 1, 3, 4), (16, 16), (1 / 2, 1 / 2))},
    "uneven": {"tiled_as_configured": ((1, 1, 13, 11), None, None), "tiled_batch": ((2, 4, 5, 4), (16, 12), (1 / 4, 1 / 3)),
               "tiled_one_axis": ((1, 1, 4, 9), (16, 16), (1 / 2, 1 / 4)), "tiled_not_engaged": ((1, 1, 6, 5), None, None)},
}
TILED_ENCODES = {
    "usual": {"tiled": ((1, 9, 40, 48), (32, 32), (1 / 4, 1 / 2))},
    "uneven": {"tiled_as_configured": ((1, 1, 52, 44), None, None), "tiled_batch": ((2, 9, 28, 24), (16, 12), (1 / 4, 1 / 3))},
}


def make_autoencoder(name):
    torch.manual_seed(7)
    config = CONFIGS[name]
    levels = len(config["block_out_channels"])
    vae = AutoencoderKLCogVideoX(down_block_types=BLOCKS[:1] * levels, up_block_types=BLOCKS[1:] * levels, **config).eval()
    with torch.no_grad():
        for key, parameter in vae.named_parameters():
            if "norm" in key and parameter.ndim == 1:
                parameter.add_(0.2 * torch.randn_like(parameter))
    return vae


def draw(shape, seed, channels):
    batch, frames, height, width = shape
    return torch.randn(batch, channels, frames, height, width, generator=torch.Generator().manual_seed(seed))


def draw_pixels(shape, seed):
    return (0.5 * draw(shape, seed, 3)).clamp(-1, 1)


@torch.inference_mode()
def decode(vae, latents):
    # As CogVideoXPipeline.decode_latents, with the scale undone in float32.
    return vae.decode((1 / vae.config.scaling_factor * latents).to(vae.dtype)).sample.float().clamp(-1, 1)


@torch.inference_mode()
def encode(vae, pixels):
    return vae.encode(pixels.to(vae.dtype)).latent_dist.mode().float() * vae.config.scaling_factor


def tile(vae, size, overlap):
    """Turns tiling on; says where tiles lie as tile height, tile width, stride height, stride width in pixels."""
    vae.enable_tiling(*(size or (None, None)), *(overlap or (None, None)))
    scale = 2 ** (len(vae.config.block_out_channels) - 1)
    sizes = (vae.tile_sample_min_height, vae.tile_sample_min_width)
    factors = (vae.tile_overlap_factor_height, vae.tile_overlap_factor_width)
    strides = []
    for pixels, factor in zip(sizes, factors):
        stride = int(pixels // scale * (1 - factor))
        # The reference's pictures have the right size where these agree.
        assert pixels - int(pixels * factor) == stride * scale == int(pixels * (1 - factor))
        strides.append(stride * scale)
    return torch.tensor([*sizes, *strides])


def add_case(tensors, case, result, shape, seed, kind):
    print(case, tuple(result.shape), f"{result.min():.3f} to {result.max():.3f}, deviation {result.std():.3f}")
    tensors[f"{case}.shape"] = torch.tensor([*shape, seed])
    tensors[f"{case}.{kind}"] = result.contiguous()


def add_all(tensors, name, cases, tiled_cases, run, kind):
    seed = 100
    for tiled, group in ((False, cases), (True, tiled_cases)):
        for case, entry in group.items():
            seed += 1
            vae = make_autoencoder(name)
            shape = entry[0] if tiled else entry
            if tiled:
                tensors[f"{case}.tiles"] = tile(vae, *entry[1:])
            if case == "sliced":
                vae.enable_slicing()
            add_case(tensors, case, run(vae, shape, seed), shape, seed, kind)


def add_weights(tensors, name, prefix):
    for key, value in make_autoencoder(name).state_dict().items():
        if key.startswith(prefix):
            tensors[f"weights.{key}"] = value.contiguous()


def add_bf16(tensors, name, run, shape):
    """How far diffusers' own result in bfloat16 is from that in float32."""
    distance = (run(make_autoencoder(name).to(torch.bfloat16), shape, 1) - run(make_autoencoder(name), shape, 1)).abs()
    print(f"bf16: greatest {distance.max():.4f}, mean {distance.mean():.5f}")
    tensors["bf16.greatest"] = distance.max().reshape(1)
    tensors["bf16.mean"] = distance.mean().reshape(1)


def run_decode(vae, shape, seed):
    return decode(vae, draw(shape, seed, vae.config.latent_channels))


def run_encode(vae, shape, seed):
    return encode(vae, draw_pixels(shape, seed))


def main():
    for way, prefix, cases, tiled_cases, run, kind, bf16 in (
            ("decode", "decoder.", DECODES, TILED_DECODES, run_decode, "pixels", (1, 3, 2, 1)),
            ("encode", "encoder.", ENCODES, TILED_ENCODES, run_encode, "latents", (1, 17, 16, 24))):
        for name in CONFIGS:
            tensors = {}
            add_all(tensors, name, cases[name], tiled_cases[name], run, kind)
            add_weights(tensors, name, prefix)
            add_bf16(tensors, name, run, bf16)
            # The bf16 case in float32, so that both distances are from the same.
            add_case(tensors, "bf16", run(make_autoencoder(name), bf16, 1), bf16, 1, kind)
            path = GOLDENS / f"cogvideox_vae_{way}_{name}.safetensors"
            save_file(tensors, path)
            print(path.name, path.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
