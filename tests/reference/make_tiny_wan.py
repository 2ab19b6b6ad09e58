"""Makes tests/goldens/tiny_wan: a complete random Wan 2.1 folder in the diffusers layout, a few hundred kilobytes.

Every other golden script loads this folder, so they all speak of the same weights. Made with the versions of
requirements.txt beside this file (diffusers 0.42.1, transformers 5.23.0, torch 2.11.0), on a CPU, in float32.

    python tests/reference/make_tiny_wan.py
"""

import json
import pathlib

import sentencepiece
import torch
from diffusers import AutoencoderKLWan, UniPCMultistepScheduler, WanTransformer3DModel
from tokenizers import Tokenizer
from tokenizers import decoders, models, normalizers, pre_tokenizers, processors
from transformers import UMT5Config, UMT5EncoderModel

FOLDER = pathlib.Path(__file__).parent.parent / "goldens" / "tiny_wan"

# Enough text for a unigram model of 400 pieces with byte fallback off, as UMT5's is not either.
CORPUS = """a red circle moving right on a blue background
the quick brown fox jumps over the lazy dog while dance monkey dances in the rain
cinematic footage of a cat walking through a neon city at night, shallow depth of field
two anthropomorphic boxers in comfy gear fight on a spotlighted stage
une petite fille court dans un champ de fleurs, ein Hund schläft unter dem Tisch
一只猫在草地上奔跑 日本の夏の夜 한국의 아침 привет мир как дела naïve café déjà-vu
"quoted text" it's 3.14 (parentheses) [brackets] {braces} 100% email@example.org #hashtag & more; less: end!
"""


def make_tokenizer(folder):
    folder.mkdir(parents=True, exist_ok=True)
    corpus = FOLDER / "corpus.txt"
    corpus.write_text(CORPUS * 20)
    sentencepiece.SentencePieceTrainer.train(
        input=str(corpus), model_prefix=str(folder / "spiece"), vocab_size=300, model_type="unigram",
        pad_id=0, eos_id=1, unk_id=2, bos_id=-1, character_coverage=1.0, normalization_rule_name="nmt_nfkc",
        hard_vocab_limit=False)
    corpus.unlink()
    (folder / "spiece.vocab").unlink()

    # tokenizer.json as transformers 4 converted T5 models: precompiled normaliser map, metaspace, "</s>" appended.
    import sentencepiece.sentencepiece_model_pb2 as pb
    proto = pb.ModelProto()
    proto.ParseFromString((folder / "spiece.model").read_bytes())
    del proto.trainer_spec.input[:]  # the paths of the machine that trained it
    proto.trainer_spec.model_prefix = "spiece"
    (folder / "spiece.model").write_bytes(proto.SerializeToString())
    vocab = [(piece.piece, piece.score) for piece in proto.pieces]
    tokenizer = Tokenizer(models.Unigram(vocab, unk_id=2, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence([
        normalizers.Precompiled(proto.normalizer_spec.precompiled_charsmap),
        normalizers.Replace(__import__("tokenizers").Regex(" {2,}"), " "),
    ])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(single=["$A", "</s>"], special_tokens=[("</s>", 1)])
    tokenizer.add_special_tokens(["<pad>", "</s>", "<unk>"])
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(json.dumps(
        {"tokenizer_class": "T5TokenizerFast", "pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>",
         "extra_ids": 0, "model_max_length": 512}, indent=2) + "\n")
    (folder / "special_tokens_map.json").write_text(json.dumps(
        {"eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}, indent=2) + "\n")
    return len(vocab)


def main():
    vocab_size = make_tokenizer(FOLDER / "tokenizer")

    torch.manual_seed(0)
    text_encoder = UMT5EncoderModel(UMT5Config(
        vocab_size=vocab_size, d_model=32, d_kv=8, d_ff=64, num_layers=2, num_heads=4,
        feed_forward_proj="gated-gelu", is_encoder_decoder=False, tie_word_embeddings=False))
    with torch.no_grad():  # transformers' init is so small that errors would hide in it
        for name, parameter in text_encoder.named_parameters():
            if parameter.ndim == 2 and "relative" not in name and "shared" not in name:
                parameter.normal_(std=0.6 * parameter.shape[1] ** -0.5)
            elif "relative" in name:
                parameter.normal_(std=0.7)
    text_encoder.eval().save_pretrained(FOLDER / "text_encoder")

    torch.manual_seed(1)
    transformer = WanTransformer3DModel(
        patch_size=(1, 2, 2), num_attention_heads=2, attention_head_dim=12, in_channels=16, out_channels=16,
        text_dim=32, freq_dim=256, ffn_dim=48, num_layers=3, cross_attn_norm=True, qk_norm="rms_norm_across_heads",
        rope_max_seq_len=32)
    with torch.no_grad():
        for parameter in transformer.parameters():
            if parameter.ndim == 1:
                parameter.add_(0.1 * torch.randn_like(parameter))
    transformer.eval().save_pretrained(FOLDER / "transformer")

    torch.manual_seed(2)
    vae = AutoencoderKLWan(
        base_dim=4, z_dim=16, dim_mult=[1, 2, 2, 2], num_res_blocks=1, temperal_downsample=[False, True, True])
    with torch.no_grad():
        for name, parameter in vae.named_parameters():
            if name.endswith("gamma"):
                parameter.add_(0.2 * torch.randn_like(parameter))
    vae.eval().save_pretrained(FOLDER / "vae")

    UniPCMultistepScheduler(prediction_type="flow_prediction", use_flow_sigmas=True, num_train_timesteps=1000,
                            flow_shift=3.0).save_pretrained(FOLDER / "scheduler")
    (FOLDER / "model_index.json").write_text(json.dumps({
        "_class_name": "WanPipeline", "_diffusers_version": "0.42.1",
        "scheduler": ["diffusers", "UniPCMultistepScheduler"],
        "text_encoder": ["transformers", "UMT5EncoderModel"],
        "tokenizer": ["transformers", "T5TokenizerFast"],
        "transformer": ["diffusers", "WanTransformer3DModel"],
        "vae": ["diffusers", "AutoencoderKLWan"]}, indent=2) + "\n")


if __name__ == "__main__":
    main()
