"""Checkpoints that survive being interrupted while they are written."""

import os
from pathlib import Path

import torch


def save_checkpoint(path: Path, state: dict, **parts) -> None:
    """Writes `state` and the state_dict of every part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    torch.save(
        {"state": state, **{name: part.state_dict() for name, part in parts.items()}}, unfinished
    )
    os.replace(unfinished, path)


def load_checkpoint(path: Path, state: dict, **parts) -> bool:
    """Fills `state` and the parts from the file; leaves them alone if there is none."""
    if not path.exists():
        return False
    saved = torch.load(path, weights_only=True)
    state.update(saved["state"])
    for name, part in parts.items():
        part.load_state_dict(saved[name])
    return True
