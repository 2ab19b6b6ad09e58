"""Makes the goldens of core/tokenizers' byte-pair encodings with the versions of requirements.txt beside this file.

    python tests/reference/make_bpe_goldens.py

transformers 5 rebuilds LlamaTokenizerFast from the vocabulary, so LLaMA's ids come from the `tokenizers` package running the file; CLIP's
from transformers' CLIPTokenizer, which builds its steps of vocab.json and merges.txt, the only published files.

* tests/goldens/bpe/<form>/: further forms of such files, each small.
  - clip_json: CLIP's tokenizer.json as openai/clip-vit-large-patch14 has it, its special tokens matched in the normalised text
  - clip_flags: vocab.json and merges.txt with "added_tokens_decoder" that says the same
  - gpt2: ByteLevel cuts by itself and adds a space, merges as strings, no merges ignored, no template
  - odd: no bytes, an unknown token that is fused, a prefix of continuing pieces
* tests/goldens/bpe/ids.json: the texts with the ids of each form, and of tiny_hunyuan_video's two tokenizers.
"""

import json
import pathlib
import shutil
import sys

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from transformers import CLIPTokenizer

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from bpe_texts import TEXTS  # noqa: E402
from make_tiny_hunyuan_video import CLIP_PATTERN, FOLDER as TINY  # noqa: E402
from make_tiny_wan import CORPUS  # noqa: E402

FOLDER = pathlib.Path(__file__).parent.parent / "goldens" / "bpe"
MAX_LLAMA, MAX_CLIP = 351, 77


def save(name, description):
    (FOLDER / name).mkdir(parents=True, exist_ok=True)
    (FOLDER / name / "tokenizer.json").write_text(json.dumps(description, ensure_ascii=False, separators=(",", ":")) + "\n")


def added(token_id, content, normalized):
    return {"id": token_id, "special": True, "content": content, "single_word": False, "lstrip": False, "rstrip": False,
            "normalized": normalized}


def make_clip_json():
    vocab = json.loads((TINY / "tokenizer_2" / "vocab.json").read_text())
    merges = (TINY / "tokenizer_2" / "merges.txt").read_text().splitlines()[1:]
    tokens = [added(vocab[token], token, True) for token in ("<|startoftext|>", "<|endoftext|>")]
    save("clip_json", {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": tokens,
        "normalizer": {"type": "Sequence", "normalizers": [
            {"type": "NFC"}, {"type": "Replace", "pattern": {"Regex": "\\s+"}, "content": " "}, {"type": "Lowercase"}]},
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
            {"type": "Split", "pattern": {"Regex": CLIP_PATTERN}, "behavior": "Removed", "invert": True},
            {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True}]},
        "post_processor": {"type": "RobertaProcessing", "sep": ["<|endoftext|>", vocab["<|endoftext|>"]],
                           "cls": ["<|startoftext|>", vocab["<|startoftext|>"]], "trim_offsets": False, "add_prefix_space": False},
        "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True},
        "model": {"type": "BPE", "dropout": None, "unk_token": "<|endoftext|>", "continuing_subword_prefix": "",
                  "end_of_word_suffix": "</w>", "fuse_unk": False, "vocab": vocab, "merges": merges}})


def make_clip_flags():
    folder = FOLDER / "clip_flags"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("vocab.json", "merges.txt"):
        shutil.copy(TINY / "tokenizer_2" / name, folder / name)
    config = json.loads((TINY / "tokenizer_2" / "tokenizer_config.json").read_text())
    vocab = json.loads((folder / "vocab.json").read_text())
    config["added_tokens_decoder"] = {}
    for token in ("<|startoftext|>", "<|endoftext|>"):
        entry = added(vocab[token], token, True)
        config["added_tokens_decoder"][str(entry.pop("id"))] = entry
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n")


def train(tokenizer, **options):
    tokenizer.train_from_iterator([CORPUS] * 10, trainers.BpeTrainer(show_progress=False, **options))
    return json.loads(tokenizer.to_str())


def make_gpt2():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    tokenizer.post_processor = processors.ByteLevel()
    description = train(tokenizer, vocab_size=500, initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()))
    description["model"]["merges"] = [" ".join(pair) for pair in description["model"]["merges"]]
    save("gpt2", description)


def make_odd():
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, continuing_subword_prefix="##", end_of_word_suffix="</w>"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"\s+"), "removed")
    save("odd", train(tokenizer, vocab_size=400, special_tokens=["<unk>"], continuing_subword_prefix="##", end_of_word_suffix="</w>"))


def encode_json(file, max_length):
    tokenizer = Tokenizer.from_file(str(file))
    tokenizer.enable_truncation(max_length)
    return [tokenizer.encode(text).ids for text in TEXTS]


def encode_clip(folder):
    tokenizer = CLIPTokenizer.from_pretrained(folder)
    return [tokenizer(text, truncation=True, max_length=MAX_CLIP).input_ids for text in TEXTS]


def main():
    for make in (make_clip_json, make_clip_flags, make_gpt2, make_odd):
        make()
    ids = {"llama": encode_json(TINY / "tokenizer" / "tokenizer.json", MAX_LLAMA), "clip": encode_clip(TINY / "tokenizer_2"),
           "clip_flags": encode_clip(FOLDER / "clip_flags"), "clip_json": encode_json(FOLDER / "clip_json" / "tokenizer.json", MAX_CLIP),
           "gpt2": encode_json(FOLDER / "gpt2" / "tokenizer.json", MAX_CLIP), "odd": encode_json(FOLDER / "odd" / "tokenizer.json", MAX_CLIP)}
    rows = ",\n".join(json.dumps({"text": text} | {name: ids[name][i] for name in ids}, separators=(",", ":"))
                      for i, text in enumerate(TEXTS))
    (FOLDER / "ids.json").write_text(f"[\n{rows}\n]\n")
    print(len(TEXTS), "texts,", {name: len({json.dumps(row) for row in ids[name]}) for name in ids})
    print("flags and json differ in", sum(a != b for a, b in zip(ids["clip_flags"], ids["clip_json"])),
          "plain and flags in", sum(a != b for a, b in zip(ids["clip_flags"], ids["clip"])))


if __name__ == "__main__":
    main()
