"""Makes tests/goldens/tiny_hunyuan_video, a complete random HunyuanVideo folder in the diffusers layout, and
tests/goldens/pipeline_hunyuan_video{,_negative}.safetensors: what diffusers' HunyuanVideoPipeline makes of it, start to end, the second
with a negative prompt and long enough for two tiles of time.

Made with the versions of requirements.txt beside this file (diffusers 0.42.1, transformers 5.23.0, torch 2.11.0), on a CPU, in float32.
The tokenizers have the structure of the published files: LLaMA-3's `tokenizer.json` (trained on the pipeline's template too, so that the
template takes 95 tokens as it does there) and CLIP's `vocab.json` and `merges.txt`.

    python tests/reference/make_tiny_hunyuan_video.py
"""

import collections
import json
import pathlib
import sys

import torch
from diffusers import (AutoencoderKLHunyuanVideo, FlowMatchEulerDiscreteScheduler, HunyuanVideoPipeline,
                       HunyuanVideoTransformer3DModel)
from diffusers.pipelines.hunyuan_video.pipeline_hunyuan_video import DEFAULT_PROMPT_TEMPLATE
from safetensors.torch import load_file, save_file
from tokenizers import AddedToken, Regex, Tokenizer
from tokenizers import decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer, LlamaConfig, LlamaModel, PreTrainedTokenizerFast

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from make_tiny_wan import CORPUS  # noqa: E402

FOLDER = pathlib.Path(__file__).parent.parent / "goldens" / "tiny_hunyuan_video"

LLAMA_PATTERN = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
                 r"|\s+(?!\S)|\s+")
CLIP_PATTERN = r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
LLAMA_SPECIAL = ["<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>",
                 "<|reserved_special_token_0|>"]


def write_json(path, value):
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def llama_tokenizer(merges=500):
    """As published for LLaMA-3: no normaliser, its regular expression, bytes, and its processors. Every word of the template is one token."""
    template = DEFAULT_PROMPT_TEMPLATE["template"].replace("{}", "")
    for token in LLAMA_SPECIAL:
        template = template.replace(token, "\n")
    tokenizer = Tokenizer(models.BPE(ignore_merges=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(LLAMA_PATTERN), "isolated", invert=False),
        pre_tokenizers.ByteLevel(add_prefix_space=False, trim_offsets=True, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel(add_prefix_space=True, trim_offsets=True, use_regex=True)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator([template] * 60 + [CORPUS] * 3, trainers.BpeTrainer(
        vocab_size=len(alphabet) + merges, initial_alphabet=sorted(alphabet), show_progress=False))
    # A word that is in the vocabulary whole but that no merges lead to: only ignore_merges finds it.
    text = json.loads(tokenizer.to_str())
    text["model"]["vocab"]["ĠHunyuan"] = len(text["model"]["vocab"])
    tokenizer = Tokenizer.from_str(json.dumps(text))
    tokenizer.add_special_tokens(LLAMA_SPECIAL)
    tokenizer.add_special_tokens([AddedToken("<image>", special=True), AddedToken("<pad>", special=True)])
    begin = LLAMA_SPECIAL[0]
    tokenizer.post_processor = processors.Sequence([
        processors.ByteLevel(add_prefix_space=True, trim_offsets=False, use_regex=True),
        processors.TemplateProcessing(single=[begin, "$A"], pair=[begin, "$A", f"{begin}:1", "$B:1"],
                                      special_tokens=[(begin, tokenizer.token_to_id(begin))])])
    return tokenizer


def make_tokenizer(folder):
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = llama_tokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    write_json(folder / "tokenizer_config.json", {
        "add_prefix_space": None, "bos_token": "<|begin_of_text|>", "clean_up_tokenization_spaces": True,
        "eos_token": "<|end_of_text|>", "model_max_length": 8192, "pad_token": "<pad>", "padding_side": "right",
        "tokenizer_class": "LlamaTokenizer"})
    write_json(folder / "special_tokens_map.json",
               {"bos_token": "<|begin_of_text|>", "eos_token": "<|end_of_text|>", "pad_token": "<pad>"})
    prefix = DEFAULT_PROMPT_TEMPLATE["template"].split("{}")[0]
    assert len(tokenizer.encode(prefix).ids) == DEFAULT_PROMPT_TEMPLATE["crop_start"]
    return tokenizer


def learn_merges(words, count):
    """Byte-pair encoding's merges, the most frequent pair first and of equals the first in order (tokenizers' trainer leaves that to chance)."""
    merges = []
    for _ in range(count):
        pairs = collections.Counter()
        for word, times in words.items():
            for pair in zip(word, word[1:]):
                pairs[pair] += times
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        joined = collections.Counter()
        for word, times in words.items():
            pieces = []
            for piece in word:
                if pieces and (pieces[-1], piece) == best:
                    pieces[-1] += piece
                else:
                    pieces.append(piece)
            joined[tuple(pieces)] += times
        words = joined
    return merges


def clip_bpe(merges=300):
    """CLIP's vocabulary as published: 256 byte characters, the same with `</w>`, the merges, and two special tokens at the end."""
    normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()])
    pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(CLIP_PATTERN), behavior="removed", invert=True),
        pre_tokenizers.ByteLevel(add_prefix_space=False)])
    words = collections.Counter(tuple(word[:-1]) + (word[-1] + "</w>",)
                                for word, _ in pre_tokenizer.pre_tokenize_str(normalizer.normalize_str(CORPUS)))
    learnt = learn_merges(words, merges)
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocab = alphabet + [character + "</w>" for character in alphabet] + ["".join(pair) for pair in learnt]
    vocab += ["<|startoftext|>", "<|endoftext|>"]
    assert len(set(vocab)) == len(vocab)
    return {piece: i for i, piece in enumerate(vocab)}, learnt


def make_tokenizer_2(folder):
    folder.mkdir(parents=True, exist_ok=True)
    vocab, merges = clip_bpe()
    (folder / "vocab.json").write_text(json.dumps(vocab) + "\n")
    (folder / "merges.txt").write_text("#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in merges))
    write_json(folder / "tokenizer_config.json", {
        "add_prefix_space": False, "bos_token": "<|startoftext|>", "clean_up_tokenization_spaces": True, "do_lower_case": True,
        "eos_token": "<|endoftext|>", "errors": "replace", "model_max_length": 77, "pad_token": "<|endoftext|>",
        "tokenizer_class": "CLIPTokenizer", "unk_token": "<|endoftext|>"})
    write_json(folder / "special_tokens_map.json", {"bos_token": "<|startoftext|>", "eos_token": "<|endoftext|>",
                                                    "pad_token": "<|endoftext|>", "unk_token": "<|endoftext|>"})
    return len(vocab)


def spread(model, weights=0.6, others=0.1):
    """Initialisations of transformers are so small that errors would hide in them."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.ndim == 2 and "embed" not in name:
                parameter.normal_(std=weights * parameter.shape[1] ** -0.5)
            elif parameter.ndim == 2:
                parameter.normal_(std=0.5)
            else:
                parameter.add_(others * torch.randn_like(parameter))
    return model.eval()


def as_published(folder):
    """What transformers 5 writes otherwise than the published files have it: CLIP's prefix and LLaMA's rotary keys."""
    file = folder / "text_encoder_2" / "model.safetensors"
    save_file({"text_model." + name: tensor for name, tensor in load_file(file).items()}, file, metadata={"format": "pt"})
    config = json.loads((folder / "text_encoder" / "config.json").read_text())
    config["rope_theta"] = config.pop("rope_parameters")["rope_theta"]
    config["rope_scaling"] = None
    write_json(folder / "text_encoder" / "config.json", config)


def main():
    tokenizer = make_tokenizer(FOLDER / "tokenizer")
    clip_vocab = make_tokenizer_2(FOLDER / "tokenizer_2")

    torch.manual_seed(0)
    spread(LlamaModel(LlamaConfig(
        vocab_size=tokenizer.get_vocab_size() + 3, hidden_size=32, intermediate_size=48, num_hidden_layers=4,
        num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=8192, rms_norm_eps=1e-5, rope_theta=500000.0,
        bos_token_id=tokenizer.token_to_id("<|begin_of_text|>"), eos_token_id=tokenizer.token_to_id("<|end_of_text|>"),
        tie_word_embeddings=False))).save_pretrained(FOLDER / "text_encoder")

    torch.manual_seed(1)
    spread(CLIPTextModel(CLIPTextConfig(
        vocab_size=clip_vocab, hidden_size=24, intermediate_size=48, projection_dim=24, num_hidden_layers=3, num_attention_heads=2,
        max_position_embeddings=77, hidden_act="quick_gelu", bos_token_id=0, eos_token_id=2, pad_token_id=1))).save_pretrained(
            FOLDER / "text_encoder_2")
    as_published(FOLDER)

    torch.manual_seed(2)
    transformer = HunyuanVideoTransformer3DModel(
        in_channels=16, out_channels=16, num_attention_heads=2, attention_head_dim=12, num_layers=2, num_single_layers=2,
        num_refiner_layers=2, mlp_ratio=2.0, patch_size=2, patch_size_t=1, guidance_embeds=True, text_embed_dim=32,
        pooled_projection_dim=24, rope_theta=256.0, rope_axes_dim=(4, 4, 4))
    with torch.no_grad():
        for parameter in transformer.parameters():
            if parameter.ndim == 1:
                parameter.add_(0.1 * torch.randn_like(parameter))
    transformer.eval().save_pretrained(FOLDER / "transformer")

    torch.manual_seed(3)
    vae = AutoencoderKLHunyuanVideo(latent_channels=16, block_out_channels=(4, 4, 8, 8), layers_per_block=1, norm_num_groups=4)
    with torch.no_grad():
        for parameter in vae.parameters():
            if parameter.ndim == 1:
                parameter.add_(0.1 * torch.randn_like(parameter))
    vae.eval().save_pretrained(FOLDER / "vae")

    FlowMatchEulerDiscreteScheduler(shift=7.0).save_pretrained(FOLDER / "scheduler")
    write_json(FOLDER / "model_index.json", {
        "_class_name": "HunyuanVideoPipeline", "_diffusers_version": "0.42.1",
        "scheduler": ["diffusers", "FlowMatchEulerDiscreteScheduler"],
        "text_encoder": ["transformers", "LlamaModel"],
        "text_encoder_2": ["transformers", "CLIPTextModel"],
        "tokenizer": ["transformers", "LlamaTokenizerFast"],
        "tokenizer_2": ["transformers", "CLIPTokenizer"],
        "transformer": ["diffusers", "HunyuanVideoTransformer3DModel"],
        "vae": ["diffusers", "AutoencoderKLHunyuanVideo"]})
    for file in FOLDER.rglob("*.safetensors"):
        file.chmod(0o644)


def load_pipeline():
    pipeline = HunyuanVideoPipeline(
        tokenizer=PreTrainedTokenizerFast(tokenizer_file=str(FOLDER / "tokenizer" / "tokenizer.json"), pad_token="<pad>",
                                          bos_token="<|begin_of_text|>", eos_token="<|end_of_text|>", padding_side="right"),
        tokenizer_2=CLIPTokenizer.from_pretrained(FOLDER / "tokenizer_2"),
        text_encoder=LlamaModel.from_pretrained(FOLDER / "text_encoder"),
        text_encoder_2=CLIPTextModel.from_pretrained(FOLDER / "text_encoder_2"),
        transformer=HunyuanVideoTransformer3DModel.from_pretrained(FOLDER / "transformer"),
        vae=AutoencoderKLHunyuanVideo.from_pretrained(FOLDER / "vae"),
        scheduler=FlowMatchEulerDiscreteScheduler.from_pretrained(FOLDER / "scheduler"))
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def save_run(name, **arguments):
    pipeline = load_pipeline()

    def run(output_type):
        return pipeline("a red circle moving right on a blue background", width=48, height=32, guidance_scale=6.0, output_type=output_type,
                        generator=torch.Generator("cpu").manual_seed(7), **arguments).frames

    latents = run("latent")
    pictures = run("pt")[0]  # [frames, 3, height, width] in [0, 1]
    pixels = (pictures * 255).round().to(torch.uint8).permute(0, 2, 3, 1).contiguous()
    print(name, tuple(pixels.shape), f"pixels {pictures.mean():.3f} deviation {pictures.std():.3f}, latents {latents.std():.3f}")
    file = FOLDER.parent / f"pipeline_{name}.safetensors"
    save_file({"latents": latents.float().contiguous(), "pixels": pixels}, file)
    file.chmod(0o644)


if __name__ == "__main__":
    main()
    save_run("hunyuan_video", num_frames=9, num_inference_steps=12)
    save_run("hunyuan_video_negative", num_frames=25, num_inference_steps=8, negative_prompt="cat", true_cfg_scale=2.0)
