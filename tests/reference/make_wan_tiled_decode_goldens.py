"""Makes tests/goldens/wan_tiled_decode.safetensors: tiled decodes of AutoencoderKLWan, in settings where tiles engage.

Each case holds normalised latents, the pixels that diffusers' tiled_decode makes of them, and as `<case>.tiles` the numbers
tile height, tile width, stride height, stride width in pixels.  Cases that begin with "uneven_" are decoded by the second
autoencoder of make_vae_goldens.py (whose scale is 4 instead of 8), the others by tests/goldens/tiny_wan/vae.

Made with the versions of requirements.txt beside this file (diffusers 0.42.1, torch 2.11.0), on a CPU, in float32.

    python tests/reference/make_wan_tiled_decode_goldens.py
"""

import torch
from diffusers import AutoencoderKLWan
from make_vae_goldens import GOLDENS, decode, uneven_autoencoder
from safetensors.torch import save_file

# name: (batch, latent frames, height, width), (tile height, tile width, stride height, stride width)
CASES = {
    "usual": ((1, 2, 4, 6), (24, 24, 16, 16)),
    "strides_not_dividing": ((1, 1, 7, 5), (40, 24, 24, 16)),
    "taller_than_the_frame": ((1, 2, 2, 6), (128, 24, 96, 16)),
    "wider_than_the_frame": ((1, 1, 7, 2), (32, 256, 24, 192)),
    "without_overlap": ((1, 1, 3, 4), (16, 16, 16, 16)),
    "overlapping_by_most": ((1, 1, 5, 6), (32, 40, 8, 16)),
    "batch": ((2, 1, 3, 4), (16, 16, 8, 8)),
    "too_small_for_tiles": ((1, 1, 3, 2), (24, 16, 8, 8)),
    "smallest_tiles": ((1, 1, 3, 2), (8, 8, 8, 8)),
    "uneven_usual": ((1, 3, 6, 7), (16, 12, 12, 8)),
}


def main():
    autoencoders = {
        False: AutoencoderKLWan.from_pretrained(GOLDENS / "tiny_wan" / "vae").eval(),
        True: uneven_autoencoder(),
    }
    tensors = {}
    for seed, (name, (shape, tiles)) in enumerate(CASES.items()):
        vae = autoencoders[name.startswith("uneven")]
        batch, frames, height, width = shape
        generator = torch.Generator().manual_seed(200 + seed)
        latents = torch.randn(batch, vae.config.z_dim, frames, height, width, generator=generator)
        vae.use_tiling = False
        whole = decode(vae, latents)
        vae.enable_tiling(*tiles)
        pixels = decode(vae, latents)
        print(f"{name}: {tuple(pixels.shape)}, {(pixels - whole).abs().max():.4f} from the whole decode")
        tensors[f"{name}.latents"] = latents
        tensors[f"{name}.pixels"] = pixels.contiguous()
        tensors[f"{name}.tiles"] = torch.tensor(tiles)
    save_file(tensors, GOLDENS / "wan_tiled_decode.safetensors")


if __name__ == "__main__":
    main()
