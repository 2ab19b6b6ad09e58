"""Makes tests/goldens/catalog_shapes.json: the weights that diffusers and transformers make of every config below resources/catalog.

For each component the number of tensors and of their elements, and the SHA-1 of all names with their shapes, sorted by name. Of autoencoders what
decoding needs, of HunyuanVideo's first text encoder the layers that its pipeline reads. Nothing is downloaded and no weight is made: all is on
torch's meta device. Made with the versions of requirements.txt beside this file (diffusers 0.42.1, transformers 5.23.0, torch 2.11.0).

    python tests/reference/make_catalog_shapes.py
"""

import hashlib
import json
import pathlib

import diffusers
import torch
import transformers

ROOT = pathlib.Path(__file__).parent.parent.parent
CATALOG = ROOT / "resources" / "catalog"
SKIPPED_LLAMA_LAYERS = 2  # the pipeline reads hidden_states[-3]


def build(folder, library, class_name):
    if library == "diffusers":
        cls = getattr(diffusers, class_name)
        return cls.from_config(cls.load_config(folder))
    cls = getattr(transformers, class_name)
    return cls(cls.config_class.from_pretrained(folder))


def needed(class_name, name, layers):
    if class_name.startswith("AutoencoderKL"):
        return name.startswith(("decoder.", "post_quant_conv."))
    if class_name == "LlamaModel":
        if name == "norm.weight":
            return False
        return not name.startswith("layers.") or int(name.split(".")[1]) < layers - SKIPPED_LLAMA_LAYERS
    return name != "encoder.embed_tokens.weight"  # the same tensor as shared.weight


def describe(folder, library, class_name):
    with torch.device("meta"):
        model = build(folder, library, class_name)
    layers = getattr(model.config, "num_hidden_layers", 0)
    prefix = "text_model." if class_name == "CLIPTextModel" else ""  # transformers 5 adds it when it saves
    shapes = {prefix + name: tuple(parameter.shape) for name, parameter in model.named_parameters() if needed(class_name, name, layers)}
    lines = "".join(f"{name} {'x'.join(map(str, shape))}\n" for name, shape in sorted(shapes.items()))
    elements = sum(torch.Size(shape).numel() for shape in shapes.values())
    return {"tensors": len(shapes), "elements": elements, "sha1": hashlib.sha1(lines.encode()).hexdigest()}


def main():
    catalog = {}
    for model in sorted(path for path in CATALOG.iterdir() if path.is_dir()):
        index = json.loads((model / "model_index.json").read_text())
        catalog[model.name] = {
            component: describe(model / component, *index[component])
            for component in ("text_encoder", "text_encoder_2", "transformer", "transformer_2", "vae") if index.get(component, [None])[0]}
        print(model.name, catalog[model.name])
    (ROOT / "tests" / "goldens" / "catalog_shapes.json").write_text(json.dumps(catalog, indent=1) + "\n")


if __name__ == "__main__":
    main()
