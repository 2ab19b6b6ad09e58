"""Makes tests/goldens/cogvideox/schedulers.safetensors: denoising runs of diffusers' CogVideoX schedulers on synthetic model outputs.

`noise` is every run's first sample, `outputs` the model outputs of its steps (the same ones for all). A run's name is in CASES; it has
`<name>/timesteps` and `<name>/samples`, the sample after each step. DPM draws from a CPU generator of SEED. `timesteps/<spacing>` holds the
timesteps of every number of steps from 1 to 100, one after the other. The configs lie beside it in schedulers.json, as save_pretrained
writes them. Made with the versions of requirements.txt beside this file (diffusers 0.42.1, torch 2.11.0), on a CPU.

    python tests/reference/make_cogvideox_scheduler_goldens.py
"""

import json
import pathlib

import torch
from diffusers import CogVideoXDDIMScheduler, CogVideoXDPMScheduler
from safetensors.torch import save_file

GOLDENS = pathlib.Path(__file__).parent.parent / "goldens" / "cogvideox"
SHAPE = (1, 3, 4, 2, 2)
MOST_STEPS = 50
SEED = 11

PUBLISHED = dict(clip_sample=False, prediction_type="v_prediction", rescale_betas_zero_snr=True, timestep_spacing="trailing")
SETTINGS = {
    "5b, 50 steps": (dict(PUBLISHED, snr_shift_scale=1.0), 50),
    "2b, 50 steps": (dict(PUBLISHED, snr_shift_scale=3.0), 50),
    "7 steps": (dict(PUBLISHED, snr_shift_scale=1.0), 7),
    "48 steps": (dict(PUBLISHED, snr_shift_scale=3.0), 48),
    "1 step": (dict(PUBLISHED, snr_shift_scale=1.0), 1),
    "2 steps": (dict(PUBLISHED, snr_shift_scale=1.0), 2),
    "to the first level": (dict(PUBLISHED, snr_shift_scale=1.0, set_alpha_to_one=False), 20),
    "linspace": (dict(PUBLISHED, timestep_spacing="linspace"), 20),
    "leading with an offset": (dict(PUBLISHED, timestep_spacing="leading", steps_offset=1), 20),
    "on noise": (dict(clip_sample=False), 20),
    "on samples": (dict(PUBLISHED, prediction_type="sample"), 20),
    "linear betas": (dict(PUBLISHED, beta_schedule="linear"), 20),
    "counting to 250": (dict(PUBLISHED, num_train_timesteps=250), 20),
}


def run(scheduler, steps, noise, outputs):
    scheduler.set_timesteps(steps)
    assert len(scheduler.timesteps) == steps
    generator = torch.Generator().manual_seed(SEED)
    sample, samples, old = noise, [], None
    for i, timestep in enumerate(scheduler.timesteps):
        if isinstance(scheduler, CogVideoXDDIMScheduler):
            sample = scheduler.step(outputs[i], timestep, sample).prev_sample
        else:
            before = scheduler.timesteps[i - 1] if i > 0 else None
            sample, old = scheduler.step(outputs[i], old, timestep, before, sample, generator=generator, return_dict=False)
        sample = sample.float()
        samples.append(sample)
    samples = torch.stack(samples)
    assert samples.isfinite().all()
    return {"timesteps": scheduler.timesteps.clone(), "samples": samples}


def main():
    generator = torch.Generator().manual_seed(4)
    tensors = {"noise": torch.randn(SHAPE, generator=generator)}
    tensors["outputs"] = torch.randn((MOST_STEPS, *SHAPE), generator=generator)
    configs = {}
    for label, kind in (("ddim", CogVideoXDDIMScheduler), ("dpm", CogVideoXDPMScheduler)):
        for name, (settings, steps) in SETTINGS.items():
            scheduler = kind(**settings)
            run_name = f"{label} {name}"
            configs[run_name] = json.loads(scheduler.to_json_string())
            for what, tensor in run(scheduler, steps, tensors["noise"], tensors["outputs"]).items():
                tensors[f"{run_name}/{what}"] = tensor
    for spacing in ("trailing", "leading", "linspace"):
        scheduler = CogVideoXDDIMScheduler(timestep_spacing=spacing)
        every = []
        for steps in range(1, 101):
            scheduler.set_timesteps(steps)
            every.append(scheduler.timesteps[:steps])  # numpy's rounding makes one more of some numbers: a timestep of -1
        tensors[f"timesteps/{spacing}"] = torch.cat(every).to(torch.int32)
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, GOLDENS / "schedulers.safetensors")
    (GOLDENS / "schedulers.json").write_text(json.dumps(configs, indent=1) + "\n")


if __name__ == "__main__":
    main()
