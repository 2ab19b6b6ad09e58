"""Makes tests/goldens/vae_wan22.safetensors, vae_encode_wan22.safetensors and vae_wan22_uneven.safetensors: decodes and
encodes of AutoencoderKLWan in its residual form.

The first two files are of tests/goldens/tiny_wan22_ti2v/vae, which works on patches of 2x2 pixels; the third brings the
weights of its own autoencoder, without patches and with levels whose shortcuts repeat and average other numbers of channels
than Wan's do.

`decode.NAME` has normalised latents and pixels, `encode.NAME` the normalised mode of the latents' distribution of pixels that
the tests draw (see make_wan_encode_goldens.py); names that begin with "tiled" are computed in tiles, `.tiles` being tile
height, tile width, stride height, stride width in pixels.  Encoding, diffusers 0.42.1 takes these numbers for patches, so it is
given half of them here.  `decode.bf16.*` and `encode.bf16.*` are the greatest and the mean distance between diffusers' own
results of the case "5" in bfloat16 and float32.

Made with the versions of requirements.txt beside this file (diffusers 0.42.1, torch 2.11.0), on a CPU, in float32.

    python tests/reference/make_wan22_vae_goldens.py
"""

import torch
from diffusers import AutoencoderKLWan
from make_vae_goldens import GOLDENS, decode
from make_wan_encode_goldens import draw_pixels, encode
from safetensors.torch import save_file

# name: batch, latent frames, height, width
DECODE_CASES = {"1": (1, 1, 2, 3), "1_smallest": (1, 1, 1, 1), "5": (1, 2, 1, 2), "9_batch": (2, 3, 1, 1), "13": (1, 4, 1, 1)}
# name: (batch, latent frames, height, width), (tile height, tile width, stride height, stride width)
TILED_DECODE_CASES = {
    "tiled": ((1, 2, 3, 1), (32, 16, 16, 16)),
    "tiled_both_axes": ((1, 1, 3, 3), (32, 32, 16, 16)),
    "tiled_strides_not_dividing": ((1, 1, 4, 3), (48, 32, 32, 16)),
    "tiled_batch": ((2, 1, 1, 3), (32, 32, 16, 16)),
    "tiled_too_small": ((1, 1, 2, 1), (32, 32, 16, 16)),
}
# name: batch, frames, height, width
ENCODE_CASES = {"1": (1, 1, 64, 96), "1_smallest": (1, 1, 16, 16), "5": (1, 5, 32, 48), "9_batch": (2, 9, 32, 16),
                "7_is_5": (1, 7, 16, 32)}
TILED_ENCODE_CASES = {"tiled": ((1, 5, 96, 64), (64, 32, 48, 16)), "tiled_both": ((1, 5, 64, 64), (32, 32, 16, 16))}
UNEVEN_DECODE_CASES = {"1": (1, 1, 3, 4), "3": (1, 2, 5, 3), "9": (1, 5, 3, 5), "tall": (1, 3, 33, 1)}
UNEVEN_ENCODE_CASES = {"1": (1, 1, 12, 16), "5": (1, 5, 20, 12), "17": (1, 17, 12, 20)}
UNEVEN_CONFIG = dict(base_dim=4, decoder_base_dim=3, z_dim=5, dim_mult=[1, 2, 1], num_res_blocks=2,
                     temperal_downsample=[True, False],
                     latents_mean=[0.1, -0.2, 0.3, -0.4, 0.5], latents_std=[0.5, 1.0, 1.5, 2.0, 2.5], is_residual=True,
                     scale_factor_spatial=4, scale_factor_temporal=2)


def uneven_autoencoder():
    torch.manual_seed(6)
    vae = AutoencoderKLWan(**UNEVEN_CONFIG).eval()
    with torch.no_grad():
        for name, parameter in vae.named_parameters():
            if name.endswith("gamma"):
                parameter.add_(0.2 * torch.randn_like(parameter))
    return vae


def draw_latents(vae, shape, seed):
    batch, frames, height, width = shape
    return torch.randn(batch, vae.config.z_dim, frames, height, width, generator=torch.Generator().manual_seed(seed))


def add_decode(tensors, vae, name, shape, seed):
    latents = draw_latents(vae, shape, seed)
    pixels = decode(vae, latents)
    print("decode", name, tuple(pixels.shape), f"{pixels.min():.3f} to {pixels.max():.3f}, deviation {pixels.std():.3f}")
    tensors[f"decode.{name}.latents"] = latents
    tensors[f"decode.{name}.pixels"] = pixels.contiguous()


def add_encode(tensors, vae, name, shape, seed):
    latents = encode(vae, draw_pixels(shape, seed))
    print("encode", name, tuple(latents.shape), f"{latents.min():.3f} to {latents.max():.3f}, deviation {latents.std():.3f}")
    tensors[f"encode.{name}.shape"] = torch.tensor([*shape, seed])
    tensors[f"encode.{name}.latents"] = latents.contiguous()


def add_tiled(tensors, vae, kind, add, name, shape, tiles, seed):
    vae.enable_tiling(*(tile if kind == "decode" else tile // 2 for tile in tiles))
    add(tensors, vae, name, shape, seed)
    tensors[f"{kind}.{name}.tiles"] = torch.tensor(tiles)
    vae.use_tiling = False


def add_bf16(tensors, kind, half, whole):
    distance = (half - whole).abs()
    print(f"{kind} bf16: greatest {distance.max():.4f}, mean {distance.mean():.5f}")
    tensors[f"{kind}.bf16.greatest"] = distance.max().reshape(1)
    tensors[f"{kind}.bf16.mean"] = distance.mean().reshape(1)


def main():
    tensors = {}
    vae = AutoencoderKLWan.from_pretrained(GOLDENS / "tiny_wan22_ti2v" / "vae").eval()
    for seed, (name, shape) in enumerate(DECODE_CASES.items()):
        add_decode(tensors, vae, name, shape, 500 + seed)
    for seed, (name, (shape, tiles)) in enumerate(TILED_DECODE_CASES.items()):
        add_tiled(tensors, vae, "decode", add_decode, name, shape, tiles, 520 + seed)
    vae.use_slicing = True
    sliced = decode(vae, tensors["decode.9_batch.latents"])
    print(f"sliced against batched: {(sliced - tensors['decode.9_batch.pixels']).abs().max():.2e}")
    vae.use_slicing = False
    encodes = {}
    for seed, (name, shape) in enumerate(ENCODE_CASES.items()):
        add_encode(encodes, vae, name, shape, 540 + seed)
    for seed, (name, (shape, tiles)) in enumerate(TILED_ENCODE_CASES.items()):
        add_tiled(encodes, vae, "encode", add_encode, name, shape, tiles, 560 + seed)
    vae.to(torch.bfloat16)
    add_bf16(tensors, "decode", decode(vae, tensors["decode.5.latents"]), tensors["decode.5.pixels"])
    add_bf16(encodes, "encode", encode(vae, draw_pixels(ENCODE_CASES["5"], 542)), encodes["encode.5.latents"])
    save_file(tensors, GOLDENS / "vae_wan22.safetensors")
    save_file(encodes, GOLDENS / "vae_encode_wan22.safetensors")

    tensors = {}
    vae = uneven_autoencoder()
    for seed, (name, shape) in enumerate(UNEVEN_DECODE_CASES.items()):
        add_decode(tensors, vae, name, shape, 580 + seed)
    for seed, (name, shape) in enumerate(UNEVEN_ENCODE_CASES.items()):
        add_encode(tensors, vae, name, shape, 590 + seed)
    for name, value in vae.state_dict().items():
        tensors["weights." + name] = value.contiguous()
    save_file(tensors, GOLDENS / "vae_wan22_uneven.safetensors")


if __name__ == "__main__":
    main()
