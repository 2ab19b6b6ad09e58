"""The Muon optimizer, in single precision (torch's own needs fast bfloat16)."""

import torch


def _orthogonalised(matrices: torch.Tensor) -> torch.Tensor:
    """Brings the singular values of each matrix near 1, by Newton-Schulz iteration."""
    tall = matrices.shape[-2] > matrices.shape[-1]
    x = matrices.mT if tall else matrices
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(5):
        gram = x @ x.mT
        x = 3.4445 * x + (-4.7750 * gram + 2.0315 * gram @ gram) @ x
    return x.mT if tall else x


class Muon(torch.optim.Optimizer):
    """Momentum whose steps are orthogonalised matrices (Jordan et al., 2024).

    Steps are scaled to the size of AdamW's (Liu et al., 2025), so that one learning
    rate serves both.  A convolution's weight counts as a matrix with one row for
    each output channel.  Matrices of one shape are handled together.
    """

    def __init__(self, params, lr: float, momentum: float = 0.95, weight_decay: float = 0.0):
        super().__init__(params, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self) -> None:
        for group in self.param_groups:
            by_shape = {}
            for parameter in group["params"]:
                if parameter.grad is None:  # convolutions over time see no single frame
                    continue
                by_shape.setdefault(parameter.shape, []).append(parameter)
            for shape, parameters in by_shape.items():
                updates = []
                for parameter in parameters:
                    state = self.state[parameter]
                    if not state:
                        state["momentum"] = torch.zeros_like(parameter)
                    state["momentum"].lerp_(parameter.grad, 1.0 - group["momentum"])
                    update = parameter.grad.lerp(state["momentum"], group["momentum"])
                    updates.append(update.flatten(1))
                steps = _orthogonalised(torch.stack(updates))
                size = group["lr"] * 0.2 * max(steps.shape[1:]) ** 0.5
                for parameter, update in zip(parameters, steps):
                    parameter.mul_(1.0 - group["lr"] * group["weight_decay"])
                    parameter.sub_(update.view(shape), alpha=size)


def muon_and_adamw(matrices: list, others: list) -> list[torch.optim.Optimizer]:
    """An optimizer for each list; their learning rates are set every step."""
    return [
        Muon(matrices, lr=0.0, weight_decay=0.01),
        torch.optim.AdamW(others, lr=0.0, betas=(0.9, 0.98), weight_decay=0.01),
    ]
