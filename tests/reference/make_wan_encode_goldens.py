"""Makes tests/goldens/vae_encode_tiny_wan.safetensors and vae_encode_uneven.safetensors: encodes of AutoencoderKLWan.

Each case is the mode of the latents' distribution, normalised in float32 as diffusers' image- and video-to-video pipelines
do, of pixels that aren't stored: they are `0.5 * torch.randn(shape, generator=manual_seed(seed))` clamped to [-1, 1], which
the tests draw alike.  `NAME.shape` is the pixels' shape with the seed behind it.  Names that begin with "tiled" are encoded
in tiles; `NAME.tiles` is tile height, tile width, stride height, stride width in pixels.

The first file encodes with tests/goldens/tiny_wan/vae; the second brings the weights of its own autoencoder, whose
channels, levels and blocks are all unlike Wan's.  `bf16.*` are the greatest and the mean distance between diffusers' own
encodes of the case "5" in bfloat16 and float32.  `round_trip.psnr` is that of a clip of smooth colours encoded and decoded
in float32, whole.  `clip.latents` are those of nine 8-bit pictures, which go through diffusers' VideoProcessor.

Made with the versions of requirements.txt beside this file (diffusers 0.42.1, torch 2.11.0), on a CPU.

    python tests/reference/make_wan_encode_goldens.py
"""

import pathlib

import numpy
import torch
from diffusers import AutoencoderKLWan
from diffusers.video_processor import VideoProcessor
from PIL import Image
from safetensors.torch import save_file

GOLDENS = pathlib.Path(__file__).parent.parent / "goldens"

# name: batch, frames, height, width
TINY_CASES = {"1": (1, 1, 40, 56), "1_smallest": (1, 1, 8, 8), "5": (1, 5, 32, 48), "9_batch": (2, 9, 16, 24), "17": (1, 17, 24, 16),
              "7_is_5": (1, 7, 16, 16), "4_is_1": (1, 4, 16, 16)}
UNEVEN_CASES = {"1": (1, 1, 12, 16), "5": (1, 5, 20, 12), "17": (1, 17, 12, 20)}
# name: (batch, frames, height, width), (tile height, tile width, stride height, stride width)
TILED_CASES = {"tiled_both_axes": ((1, 5, 64, 80), (32, 32, 24, 24)), "tiled_uneven": ((1, 9, 72, 56), (40, 32, 16, 24)),
               "tiled_one_axis": ((2, 5, 32, 96), (32, 48, 24, 32)), "tiled_no_overlap": ((1, 5, 48, 64), (32, 24, 32, 24)),
               "tiled_not_engaged": ((1, 5, 32, 32), (32, 32, 8, 8))}


def draw_pixels(shape, seed):
    batch, frames, height, width = shape
    noise = torch.randn(batch, 3, frames, height, width, generator=torch.Generator().manual_seed(seed))
    return (0.5 * noise).clamp(-1, 1)


def normalise(vae, latents):
    shape = (1, -1, 1, 1, 1)
    mean = torch.tensor(vae.config.latents_mean).view(shape)
    inverse_std = 1.0 / torch.tensor(vae.config.latents_std).view(shape)
    return (latents.float() - mean) * inverse_std


@torch.inference_mode()
def encode(vae, pixels):
    return normalise(vae, vae.encode(pixels.to(vae.dtype)).latent_dist.mode())


def add_case(tensors, vae, name, shape, seed):
    latents = encode(vae, draw_pixels(shape, seed))
    print(name, tuple(latents.shape), f"{latents.min():.3f} to {latents.max():.3f}, deviation {latents.std():.3f}")
    tensors[f"{name}.shape"] = torch.tensor([*shape, seed])
    tensors[f"{name}.latents"] = latents.contiguous()


def smooth_clip():
    """A clip of slowly moving colours, [1, 3, 9, 48, 64], made of nothing but products, so that the tests can make it too."""
    time = torch.arange(9).view(1, 9, 1, 1) / 8
    y = torch.arange(48).view(1, 1, 48, 1) / 47
    x = torch.arange(64).view(1, 1, 1, 64) / 63
    return torch.cat([(x * y + 0 * time), (1 - x) * time + 0 * y, (y * (1 - time) + 0 * x)]).unsqueeze(0) * 2 - 1


def counted_pictures():
    """Nine pictures of 48x32 pixels whose bytes the tests can make too."""
    t, y, x, c = numpy.meshgrid(numpy.arange(9), numpy.arange(32), numpy.arange(48), numpy.arange(3), indexing="ij")
    values = (5 * x + 3 * y + 7 * t + 40 * c + x * y // 8) % 256
    return [Image.fromarray(picture) for picture in values.astype(numpy.uint8)]


@torch.inference_mode()
def round_trip_psnr(vae):
    pixels = smooth_clip()
    decoded = vae.decode(vae.encode(pixels).latent_dist.mode()).sample
    return -10 * torch.log10(((decoded - pixels) / 2).square().mean())


def main():
    tensors = {}
    vae = AutoencoderKLWan.from_pretrained(GOLDENS / "tiny_wan" / "vae").eval()
    for seed, (name, shape) in enumerate(TINY_CASES.items()):
        add_case(tensors, vae, name, shape, 200 + seed)
    for seed, (name, (shape, tiles)) in enumerate(TILED_CASES.items()):
        vae.enable_tiling(*tiles)
        add_case(tensors, vae, name, shape, 300 + seed)
        tensors[f"{name}.tiles"] = torch.tensor(tiles)
        vae.use_tiling = False
    vae.use_slicing = True
    sliced = encode(vae, draw_pixels(TINY_CASES["9_batch"], 203))
    vae.use_slicing = False
    print(f"sliced against batched: {(sliced - tensors['9_batch.latents']).abs().max():.2e}")
    processor = VideoProcessor(vae_scale_factor=8)
    tensors["clip.latents"] = encode(vae, processor.preprocess_video(counted_pictures(), height=32, width=48)).contiguous()
    tensors["round_trip.psnr"] = round_trip_psnr(vae).reshape(1)
    print(f"round trip: {tensors['round_trip.psnr'].item():.4f} dB")
    distance = (encode(vae.to(torch.bfloat16), draw_pixels(TINY_CASES["5"], 202)) - tensors["5.latents"]).abs()
    print(f"bf16: greatest {distance.max():.4f}, mean {distance.mean():.5f}")
    tensors["bf16.greatest"] = distance.max().reshape(1)
    tensors["bf16.mean"] = distance.mean().reshape(1)
    save_file(tensors, GOLDENS / "vae_encode_tiny_wan.safetensors")

    torch.manual_seed(5)
    config = dict(base_dim=2, decoder_base_dim=3, z_dim=5, dim_mult=[1, 2, 3], num_res_blocks=1, temperal_downsample=[True, False],
                  latents_mean=[0.1, -0.2, 0.3, -0.4, 0.5], latents_std=[0.5, 1.0, 1.5, 2.0, 2.5],
                  scale_factor_spatial=4, scale_factor_temporal=2)
    vae = AutoencoderKLWan(**config).eval()
    with torch.no_grad():
        for name, parameter in vae.named_parameters():
            if name.endswith("gamma"):
                parameter.add_(0.2 * torch.randn_like(parameter))
    tensors = {}
    for seed, (name, shape) in enumerate(UNEVEN_CASES.items()):
        add_case(tensors, vae, name, shape, 400 + seed)
    for name, value in vae.state_dict().items():
        if name.startswith(("encoder.", "quant_conv.")):
            tensors["weights." + name] = value.contiguous()
    save_file(tensors, GOLDENS / "vae_encode_uneven.safetensors")


if __name__ == "__main__":
    main()
