"""Makes tests/goldens/tiny_cogvideox and tiny_cogvideox_15: complete random CogVideoX folders in the diffusers layout.

The first is a small 2b (sine positions, DDIM, signal-to-noise shift 3), the second a small 1.5-5b (rotary positions over a "slice" grid,
two latent frames a patch, DPM). Made with the versions of requirements.txt beside this file (diffusers 0.42.1, transformers 5.23.0,
torch 2.11.0), on a CPU, in float32.

    python tests/reference/make_tiny_cogvideox.py
"""

import json
import pathlib
import tempfile

import sentencepiece
import sentencepiece.sentencepiece_model_pb2 as pb
import torch
from diffusers import AutoencoderKLCogVideoX, CogVideoXDDIMScheduler, CogVideoXDPMScheduler, CogVideoXTransformer3DModel
from transformers import T5Config, T5EncoderModel

from make_tiny_wan import CORPUS

GOLDENS = pathlib.Path(__file__).parent.parent / "goldens"
EXTRA_IDS = 100  # "<extra_id_99>" follows the pieces, "<extra_id_0>" is the last


def write_json(path, value):
    path.write_text(json.dumps(value, indent=2) + "\n")


def make_tokenizer(folder, rule):
    """A folder as published: spiece.model and what T5Tokenizer saved beside it, no tokenizer.json."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        corpus = pathlib.Path(scratch) / "corpus.txt"
        corpus.write_text(CORPUS * 20)
        sentencepiece.SentencePieceTrainer.train(
            input=str(corpus), model_prefix=scratch + "/spiece", vocab_size=300, model_type="unigram", pad_id=0, eos_id=1, unk_id=2,
            bos_id=-1, character_coverage=1.0, normalization_rule_name=rule, hard_vocab_limit=False, minloglevel=2)
        proto = pb.ModelProto()
        proto.ParseFromString((pathlib.Path(scratch) / "spiece.model").read_bytes())
    del proto.trainer_spec.input[:]  # the paths of the machine that trained it
    proto.trainer_spec.model_prefix = "spiece"
    (folder / "spiece.model").write_bytes(proto.SerializeToString())

    pieces = len(proto.pieces)
    extra = {f"<extra_id_{EXTRA_IDS - 1 - i}>": pieces + i for i in range(EXTRA_IDS)}
    names = [f"<extra_id_{i}>" for i in range(EXTRA_IDS)]
    special = {"pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>"}
    added = {0: "<pad>", 1: "</s>", 2: "<unk>"} | {number: text for text, number in extra.items()}
    write_json(folder / "added_tokens.json", extra)
    write_json(folder / "special_tokens_map.json", special | {"additional_special_tokens": names})
    write_json(folder / "tokenizer_config.json", special | {
        "tokenizer_class": "T5Tokenizer", "extra_ids": EXTRA_IDS, "legacy": True, "model_max_length": 226, "sp_model_kwargs": {},
        "additional_special_tokens": names,
        "added_tokens_decoder": {str(number): {
            "content": text, "lstrip": number > 2, "normalized": False, "rstrip": number > 2, "single_word": False, "special": True}
            for number, text in added.items()}})
    return pieces


def make_text_encoder(folder, pieces, seed):
    torch.manual_seed(seed)
    encoder = T5EncoderModel(T5Config(
        vocab_size=pieces + EXTRA_IDS + 28, d_model=32, d_kv=8, d_ff=48, num_layers=2, num_heads=4,
        feed_forward_proj="gated-gelu", is_encoder_decoder=False, tie_word_embeddings=False))
    with torch.no_grad():  # transformers' init is so small that errors would hide in it
        for name, parameter in encoder.named_parameters():
            if "relative" in name:
                parameter.normal_(std=0.7)
            elif parameter.ndim == 2 and "shared" not in name:
                parameter.normal_(std=0.6 * parameter.shape[1] ** -0.5)
    encoder.eval().save_pretrained(folder)


def perturb(module):
    with torch.no_grad():
        for parameter in module.parameters():
            if parameter.ndim == 1:
                parameter.add_(0.1 * torch.randn_like(parameter))
    return module.eval()


def make_vae(folder, scaling_factor, seed):
    torch.manual_seed(seed)
    vae = AutoencoderKLCogVideoX(
        in_channels=3, out_channels=3, block_out_channels=(4, 4, 8, 8), latent_channels=16, layers_per_block=1, norm_num_groups=2,
        down_block_types=("CogVideoXDownBlock3D",) * 4, up_block_types=("CogVideoXUpBlock3D",) * 4, sample_height=64, sample_width=96,
        temporal_compression_ratio=4, scaling_factor=scaling_factor)
    perturb(vae).save_pretrained(folder)


def make_folder(folder, rule, transformer, scheduler, scaling_factor, seed):
    pieces = make_tokenizer(folder / "tokenizer", rule)
    make_text_encoder(folder / "text_encoder", pieces, seed)
    torch.manual_seed(seed + 1)
    perturb(CogVideoXTransformer3DModel(text_embed_dim=32, in_channels=16, out_channels=16, time_embed_dim=16, num_layers=2,
                                        patch_size=2, **transformer)).save_pretrained(folder / "transformer")
    make_vae(folder / "vae", scaling_factor, seed + 2)
    scheduler.save_pretrained(folder / "scheduler")
    write_json(folder / "model_index.json", {
        "_class_name": "CogVideoXPipeline", "_diffusers_version": "0.42.1",
        "scheduler": ["diffusers", type(scheduler).__name__],
        "text_encoder": ["transformers", "T5EncoderModel"],
        "tokenizer": ["transformers", "T5Tokenizer"],
        "transformer": ["diffusers", "CogVideoXTransformer3DModel"],
        "vae": ["diffusers", "AutoencoderKLCogVideoX"]})


def main():
    published = dict(clip_sample=False, prediction_type="v_prediction", rescale_betas_zero_snr=True, timestep_spacing="trailing")
    make_folder(
        GOLDENS / "tiny_cogvideox", "nmt_nfkc",
        dict(num_attention_heads=2, attention_head_dim=16, sample_width=12, sample_height=8, sample_frames=9),
        CogVideoXDDIMScheduler(snr_shift_scale=3.0, **published), scaling_factor=1.15258426, seed=0)
    make_folder(
        GOLDENS / "tiny_cogvideox_15", "identity",
        dict(num_attention_heads=2, attention_head_dim=16, sample_width=40, sample_height=40, sample_frames=17, patch_size_t=2,
             use_rotary_positional_embeddings=True, patch_bias=False, max_text_seq_length=24),
        CogVideoXDPMScheduler(snr_shift_scale=1.0, **published), scaling_factor=0.7, seed=10)


if __name__ == "__main__":
    main()
