"""Makes tests/goldens/schedulers.safetensors: whole denoising runs of diffusers' schedulers on synthetic model outputs.

`noise` is every run's first sample, `outputs` the model outputs of its steps (the same ones for all). A run's name is in CASES; it
has `<name>/timesteps`, `<name>/sigmas` and `<name>/samples`, the sample after each step. The configs lie beside it in
schedulers.json, as save_pretrained writes them. Made with the versions of requirements.txt beside this file (diffusers 0.42.1,
torch 2.11.0), on a CPU.

    python tests/reference/make_scheduler_goldens.py
"""

import json
import pathlib

import torch
from diffusers import FlowMatchEulerDiscreteScheduler, UniPCMultistepScheduler
from safetensors.torch import save_file

GOLDENS = pathlib.Path(__file__).parent.parent / "goldens"
SHAPE = (1, 4, 2, 3, 2)
MOST_STEPS = 50


def unipc(**settings):
    wan = {"prediction_type": "flow_prediction", "use_flow_sigmas": True, "flow_shift": 3.0}
    return UniPCMultistepScheduler(**{**wan, **settings})


def euler(**settings):
    return FlowMatchEulerDiscreteScheduler(**settings)


CASES = {
    "unipc shift 3, 50 steps": (unipc(), 50),
    "unipc shift 3, 20 steps": (unipc(), 20),
    "unipc shift 5, 20 steps": (unipc(flow_shift=5.0), 20),
    "unipc shift 12, 40 steps": (unipc(flow_shift=12.0), 40),
    "unipc shift 1, 8 steps": (unipc(flow_shift=1.0), 8),
    "unipc 1 step": (unipc(), 1),
    "unipc 2 steps": (unipc(), 2),
    "unipc order 1": (unipc(solver_order=1), 20),
    "unipc order 3": (unipc(solver_order=3), 20),
    "unipc order 3, 50 steps": (unipc(solver_order=3), 50),
    "unipc bh1 to sigma_min": (unipc(solver_type="bh1", final_sigmas_type="sigma_min"), 20),
    "unipc bh1 order 3 to sigma_min": (unipc(solver_type="bh1", solver_order=3, final_sigmas_type="sigma_min"), 20),
    "unipc full order to sigma_min": (unipc(lower_order_final=False, final_sigmas_type="sigma_min"), 20),
    "unipc without two corrections": (unipc(disable_corrector=[0, 1]), 20),
    "unipc ending at 0.1": (unipc(shift_terminal=0.1), 20),
    "unipc on samples": (unipc(prediction_type="sample"), 20),
    "unipc on noise": (unipc(prediction_type="epsilon", predict_x0=False, final_sigmas_type="sigma_min"), 20),
    "unipc on noise of samples": (unipc(prediction_type="sample", predict_x0=False, final_sigmas_type="sigma_min"), 20),
    "unipc on noise of velocity": (unipc(prediction_type="v_prediction", predict_x0=False, final_sigmas_type="sigma_min"), 20),
    "unipc on velocity": (unipc(prediction_type="v_prediction"), 20),
    "unipc counting to 250": (unipc(num_train_timesteps=250), 20),
    "euler shift 1, 20 steps": (euler(), 20),
    "euler shift 3, 50 steps": (euler(shift=3.0), 50),
    "euler shift 7, 20 steps": (euler(shift=7.0), 20),
    "euler 1 step": (euler(shift=5.0), 1),
    "euler ending at 0.1": (euler(shift=3.0, shift_terminal=0.1), 20),
    "euler karras": (euler(shift=3.0, use_karras_sigmas=True), 20),
    "euler exponential": (euler(shift=3.0, use_exponential_sigmas=True), 20),
    "euler inverted": (euler(shift=3.0, invert_sigmas=True), 20),
}


def run(scheduler, steps, noise, outputs):
    scheduler.set_timesteps(steps)
    scheduler.set_begin_index(0)
    sample, samples = noise, []
    for i, timestep in enumerate(scheduler.timesteps):
        sample = scheduler.step(outputs[i], timestep, sample).prev_sample
        samples.append(sample)
    samples = torch.stack(samples)
    assert samples.isfinite().all()
    return {"timesteps": scheduler.timesteps.clone(), "sigmas": scheduler.sigmas.clone(), "samples": samples}


def main():
    generator = torch.Generator().manual_seed(4)
    tensors = {"noise": torch.randn(SHAPE, generator=generator)}
    tensors["outputs"] = torch.randn((MOST_STEPS, *SHAPE), generator=generator)
    configs = {}
    for name, (scheduler, steps) in CASES.items():
        for key, tensor in run(scheduler, steps, tensors["noise"], tensors["outputs"]).items():
            tensors[f"{name}/{key}"] = tensor
        configs[name] = json.loads(scheduler.to_json_string())
    save_file(tensors, GOLDENS / "schedulers.safetensors")
    (GOLDENS / "schedulers.json").write_text(json.dumps(configs, indent=0) + "\n")


if __name__ == "__main__":
    main()
