"""Middle-sized random models of every family for the benchmarks: wide enough that computing counts, small enough for two CPU cores.

Text encoders, tokenizers, schedulers and indices are those of the tiny folders below tests/goldens; transformers and autoencoders are
made anew with more channels from the reference's own classes. Needs the environment of tests/reference/requirements.txt.
"""

import dataclasses
import json
import pathlib
import shutil

import torch

GOLDENS = pathlib.Path(__file__).resolve().parent.parent / "goldens"


@dataclasses.dataclass(frozen=True)
class BenchmarkModel:
    name: str
    tiny: str  # the folder below tests/goldens that it grows from
    transformer: dict  # what differs from the tiny config
    vae: dict
    request: dict  # width, height, frames, steps, guidance
    extra: dict = dataclasses.field(default_factory=dict)  # settings of the family's own


_WAN = dict(num_attention_heads=6, attention_head_dim=64, ffn_dim=1024, num_layers=4, rope_max_seq_len=1024)
_WAN_VAE = dict(base_dim=24, num_res_blocks=2)
_COGVIDEOX = dict(num_attention_heads=6, attention_head_dim=64, num_layers=4, time_embed_dim=128)
_COGVIDEOX_VAE = dict(block_out_channels=[32, 48, 48, 64], layers_per_block=2, norm_num_groups=8, sample_height=128, sample_width=192)
_SMALL = dict(width=192, height=128, frames=17, steps=4)

MODELS = [
    BenchmarkModel("Wan 2.1", "tiny_wan", _WAN, _WAN_VAE, dict(_SMALL, guidance=5.0)),
    BenchmarkModel("Wan 2.2 A14B", "tiny_wan22_a14b", _WAN, _WAN_VAE, dict(_SMALL, guidance=4.0), dict(guidance_2=3.0)),
    BenchmarkModel("Wan 2.2 TI2V", "tiny_wan22_ti2v", _WAN, dict(base_dim=16, decoder_base_dim=24, num_res_blocks=2),
                   dict(width=256, height=192, frames=17, steps=4, guidance=5.0)),
    BenchmarkModel("HunyuanVideo", "tiny_hunyuan_video",
                   dict(num_attention_heads=6, attention_head_dim=64, num_layers=2, num_single_layers=4, rope_axes_dim=[16, 24, 24],
                        mlp_ratio=4.0),
                   dict(block_out_channels=[32, 48, 64, 64], layers_per_block=2, norm_num_groups=8), dict(_SMALL, guidance=6.0)),
    BenchmarkModel("CogVideoX", "tiny_cogvideox", _COGVIDEOX | dict(sample_width=24, sample_height=16, sample_frames=17), _COGVIDEOX_VAE,
                   dict(_SMALL, guidance=6.0)),
    BenchmarkModel("CogVideoX 1.5", "tiny_cogvideox_15", _COGVIDEOX, _COGVIDEOX_VAE, dict(_SMALL, guidance=6.0)),
]


def _grow(cls, component, changes, seed):
    """A component of the tiny folder anew, with some of its config changed and random weights."""
    config = json.loads((component / "config.json").read_text())
    torch.manual_seed(seed)
    grown = cls.from_config(config | changes)
    with torch.no_grad():
        for parameter in grown.parameters():
            if parameter.ndim == 1:
                parameter.add_(0.1 * torch.randn_like(parameter))
    grown.eval().save_pretrained(component)


def build(model, folder):
    """Writes the whole folder; what was there is kept when it is whole."""
    import diffusers

    done = folder / "whole"
    if done.exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(GOLDENS / model.tiny, folder)
    index = json.loads((folder / "model_index.json").read_text())
    for seed, component in enumerate(("transformer", "transformer_2", "vae")):
        class_name = index.get(component, [None, None])[1]
        if class_name:
            for weights in (folder / component).glob("*.safetensors"):
                weights.unlink()
            _grow(getattr(diffusers, class_name), folder / component, model.vae if component == "vae" else model.transformer, seed)
    done.touch()
    return folder
