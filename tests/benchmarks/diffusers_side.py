"""The reference's side of the benchmarks: loads a folder of any family and generates or decodes with it in this process.

    python tests/benchmarks/diffusers_side.py '{"do": "generate"|"decode", "folder": …, "out": …, …}'

prints one line of JSON: seconds, and the resident bytes before the work (`imported`) and the most there was (`peak`).
"""

import json
import os
import pathlib
import resource
import sys
import time

import diffusers
import torch
import transformers
from safetensors.torch import load_file, save_file

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "reference"))


def resident_bytes():
    return int(pathlib.Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


def peak_bytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def tokenizer_from(folder, **special):
    return transformers.PreTrainedTokenizerFast(tokenizer_file=str(folder / "tokenizer.json"), **special)


def load_pipeline(folder):
    """The pipeline of model_index.json. transformers 5 can't read the tiny folders' tokenizers by their classes, so these are made here;
    CogVideoX has none and takes embeddings."""
    index = json.loads((folder / "model_index.json").read_text())
    components = {}
    for name, entry in index.items():
        if isinstance(entry, list) and entry[1] and not name.startswith("tokenizer"):
            package, dtype = {"diffusers": (diffusers, "torch_dtype"), "transformers": (transformers, "dtype")}[entry[0]]
            loads_as = {} if "scheduler" in name else {dtype: torch.float32}
            components[name] = getattr(package, entry[1]).from_pretrained(folder / name, **loads_as)
    family = index["_class_name"]
    if family == "WanPipeline":
        components["tokenizer"] = tokenizer_from(folder / "tokenizer", pad_token="<pad>", eos_token="</s>", unk_token="<unk>")
        components |= {key: index[key] for key in ("boundary_ratio", "expand_timesteps") if key in index}
    elif family == "HunyuanVideoPipeline":
        components["tokenizer"] = tokenizer_from(folder / "tokenizer", pad_token="<pad>", bos_token="<|begin_of_text|>",
                                                 eos_token="<|end_of_text|>", padding_side="right")
        components["tokenizer_2"] = transformers.CLIPTokenizer.from_pretrained(folder / "tokenizer_2")
    else:
        components["tokenizer"] = None
    pipeline = getattr(diffusers, family)(**components)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


@torch.no_grad()
def text_arguments(pipeline, folder, prompt):
    if pipeline.tokenizer is not None:
        return {"prompt": prompt} | ({"negative_prompt": ""} if isinstance(pipeline, diffusers.WanPipeline) else {})
    from make_cogvideox_text_goldens import Tokenizer

    tokenizer, rows = Tokenizer(folder / "tokenizer"), pipeline.transformer.config.max_text_seq_length

    def embeds(text):
        ids = tokenizer(text, rows)
        return pipeline.text_encoder(torch.tensor([ids + [0] * (rows - len(ids))]))[0]

    return {"prompt_embeds": embeds(prompt), "negative_prompt_embeds": embeds("")}


def generate(task):
    """A whole clip; the latents before the decode go to the file `out`."""
    folder = pathlib.Path(task["folder"])
    pipeline = load_pipeline(folder)
    kept = {}

    def keep(pipeline, step, timestep, tensors):
        kept["latents"] = tensors["latents"]
        return {}

    extra = {"guidance_scale_2": task["extra"]["guidance_2"]} if "guidance_2" in task["extra"] else {}
    request = task["request"]
    pipeline(**text_arguments(pipeline, folder, task["prompt"]), width=request["width"], height=request["height"],
             num_frames=request["frames"], num_inference_steps=request["steps"], guidance_scale=request["guidance"],
             generator=torch.Generator("cpu").manual_seed(1), output_type="pt", callback_on_step_end=keep, **extra)
    latents = kept["latents"]
    if isinstance(pipeline, diffusers.CogVideoXPipeline):  # what its decode leaves out: the frames that fill the first patch
        latents = latents[:, -((request["frames"] - 1) // pipeline.vae_scale_factor_temporal + 1):]
    save_file({"latents": latents.float().contiguous()}, task["out"])


def unnormalised(vae, latents):
    """What the family's pipeline hands its autoencoder."""
    if isinstance(vae, diffusers.AutoencoderKLWan):
        mean, std = (torch.tensor(values).view(1, -1, 1, 1, 1) for values in (vae.config.latents_mean, vae.config.latents_std))
        return latents * std + mean
    if isinstance(vae, diffusers.AutoencoderKLCogVideoX):
        latents = latents.permute(0, 2, 1, 3, 4)
    return latents / vae.config.scaling_factor


@torch.no_grad()
def decode(task):
    """The latents of the file `latents`. `tile`: [size, stride] in pixels, or nothing. The file `out`, if named, gets the 8-bit frames."""
    folder = pathlib.Path(task["folder"])
    index = json.loads((folder / "model_index.json").read_text())
    vae = getattr(diffusers, index["vae"][1]).from_pretrained(folder / "vae")
    if task.get("tile"):
        size, stride = task["tile"]
        if isinstance(vae, diffusers.AutoencoderKLCogVideoX):
            vae.enable_tiling(size, size, 1 - stride / size, 1 - stride / size)
        else:
            vae.enable_tiling(tile_sample_min_height=size, tile_sample_min_width=size, tile_sample_stride_height=stride,
                              tile_sample_stride_width=stride)
    pictures = vae.decode(unnormalised(vae, load_file(task["latents"])["latents"])).sample
    if task.get("out"):
        pixels = ((pictures.clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8)[0].permute(1, 2, 3, 0)
        save_file({"pixels": pixels.contiguous()}, task["out"])


def main():
    task = json.loads(sys.argv[1])
    torch.set_num_threads(task.get("threads", 2))
    told = {"imported": resident_bytes()}
    started = time.perf_counter()  # Headroom's seconds include reading the weights too
    told |= {"generate": generate, "decode": decode}[task["do"]](task) or {}
    print(json.dumps(told | {"seconds": time.perf_counter() - started, "peak": peak_bytes()}))


if __name__ == "__main__":
    main()
