"""A model folder of published size without its weights: the catalog's configs, the names and shapes that diffusers gives the weights, and files
whose numbers are a hole (zeros that take no room on the disk). For what depends on sizes alone: forecasts, the allocator, streaming.

    python tests/benchmarks/hollow_model.py wan2.1-t2v-14b FOLDER

Needs the environment of tests/reference/requirements.txt; tokenizers come from the tiny models of tests/goldens.
"""

import json
import pathlib
import shutil
import struct
import sys

import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "reference"))
from make_catalog_shapes import CATALOG, ROOT, build  # noqa: E402

TOKENIZERS_OF = {
    "wan2.1-t2v-1.3b": "tiny_wan", "wan2.1-t2v-14b": "tiny_wan", "wan2.2-t2v-a14b": "tiny_wan22_a14b", "wan2.2-ti2v-5b": "tiny_wan22_ti2v",
    "hunyuan-video": "tiny_hunyuan_video", "cogvideox-2b": "tiny_cogvideox", "cogvideox-5b": "tiny_cogvideox", "cogvideox1.5-5b": "tiny_cogvideox_15"}


def write_hollow(path, shapes):
    header, end = {}, 0
    for name, shape in shapes.items():
        begin, end = end, end + 2 * torch.Size(shape).numel()
        header[name] = {"dtype": "BF16", "shape": list(shape), "data_offsets": [begin, end]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        file.truncate(8 + len(text) + end)


def make(name, folder):
    """Writes the folder, which must not exist."""
    folder = pathlib.Path(folder)
    shutil.copytree(CATALOG / name, folder)
    tiny = ROOT / "tests" / "goldens" / TOKENIZERS_OF[name]
    index = json.loads((CATALOG / name / "model_index.json").read_text())
    for component, entry in json.loads((tiny / "model_index.json").read_text()).items():
        if component.startswith("tokenizer"):
            shutil.copytree(tiny / component, folder / component)
            index[component] = entry
    (folder / "model_index.json").write_text(json.dumps(index))
    for component, entry in index.items():
        if not (CATALOG / name / component / "config.json").exists():
            continue
        library, class_name = entry
        with torch.device("meta"):
            model = build(CATALOG / name / component, library, class_name)
        prefix = "text_model." if class_name == "CLIPTextModel" else ""  # transformers 5 adds it when it saves
        file = "model.safetensors" if library == "transformers" else "diffusion_pytorch_model.safetensors"
        write_hollow(folder / component / file, {prefix + key: tuple(value.shape) for key, value in model.named_parameters()})


if __name__ == "__main__":
    make(sys.argv[1], sys.argv[2])
