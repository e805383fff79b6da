"""CTranslate2's Whisper weights as the file that openai-whisper loads, so that both listen with the same ones."""

import json
import struct
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

TYPES: dict[int, type[np.generic]] = {0: np.float32, 4: np.float16}
HEAD = 64
ATTENTION = {"self_attention": "attn", "attention": "cross_attn"}
PARTS = {"beta": "bias", "gamma": "weight"}

Arrays = dict[str, NDArray[Any]]


class Unconvertible(ValueError):
    """The weights are not plain Whisper weights in half or full precision."""


def convert(folder: Path, target: Path) -> Path:
    """`target`, made of the weights in `folder` unless it is there already; it appears whole or not at all."""
    if not target.exists():
        torch: Any = import_module("torch")
        arrays = read_arrays(folder / "model.bin")
        state = {name: torch.from_numpy(array.astype(np.float32)) for name, array in _renamed(arrays)}
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_name(f".{target.name}.{uuid4().hex}")
        try:
            torch.save({"dims": _dims(arrays), "model_state_dict": state}, fresh)
            fresh.replace(target)
        finally:
            fresh.unlink(missing_ok=True)
    return target


def alignment_heads(folder: Path) -> list[list[int]]:
    """The [layer, head] pairs that tell when a word is said."""
    found: list[list[int]] = json.loads((folder / "config.json").read_text(encoding="utf-8"))["alignment_heads"]
    return found


def read_arrays(file: Path) -> Arrays:
    """Every array of a CTranslate2 model by its name."""
    with file.open("rb") as model:
        _number(model, "I")
        if _name(model) != "WhisperSpec":
            raise Unconvertible(file.name)
        _number(model, "I")
        return dict(_array(model) for _ in range(_number(model, "I")))


def _array(model: BinaryIO) -> tuple[str, NDArray[Any]]:
    name = _name(model)
    shape = [_number(model, "I") for _ in range(_number(model, "B"))]
    kind, size = _number(model, "B"), _number(model, "I")
    raw = model.read(size)
    if kind not in TYPES:
        if len(shape) > 1:
            raise Unconvertible(name)
        return name, np.frombuffer(raw, np.uint8)
    return name, np.frombuffer(raw, TYPES[kind]).reshape(shape)


def _number(model: BinaryIO, code: str) -> int:
    return int(struct.unpack(f"<{code}", model.read(struct.calcsize(f"<{code}")))[0])


def _name(model: BinaryIO) -> str:
    return model.read(_number(model, "H")).rstrip(b"\0").decode()


def _renamed(arrays: Arrays) -> Iterator[tuple[str, NDArray[Any]]]:
    for name, array in arrays.items():
        side, _, rest = name.partition("/")
        last = rest.rpartition("/")[2]
        if rest.startswith("layer_norm/"):
            yield f"{side}.{'ln_post' if side == 'encoder' else 'ln'}.{PARTS[last]}", array
        elif rest.startswith("conv"):
            yield f"{side}.{rest.replace('/', '.')}", array
        elif rest == "position_encodings/encodings":
            yield f"{side}.positional_embedding", array
        elif rest == "embeddings/weight":
            yield f"{side}.token_embedding.weight", array
        elif rest.startswith("layer_") and array.dtype != np.uint8:
            yield from _layer(side, rest.split("/"), array)


def _layer(side: str, path: list[str], array: NDArray[Any]) -> Iterator[tuple[str, NDArray[Any]]]:
    """E.g. layer_0/self_attention/linear_0/weight, which holds the query's, the key's and the value's."""
    block, kind, part, last = f"{side}.blocks.{path[0].removeprefix('layer_')}", *path[1:]
    if kind == "ffn":
        layer = {"layer_norm": "mlp_ln", "linear_0": "mlp.0", "linear_1": "mlp.2"}[part]
        yield f"{block}.{layer}.{PARTS.get(last, last)}", array
        return
    block = f"{block}.{ATTENTION[kind]}"
    if part == "layer_norm":
        yield f"{block}_ln.{PARTS[last]}", array
        return
    names = {
        ("self_attention", "linear_0"): ("query", "key", "value"),
        ("self_attention", "linear_1"): ("out",),
        ("attention", "linear_0"): ("query",),
        ("attention", "linear_1"): ("key", "value"),
        ("attention", "linear_2"): ("out",),
    }[kind, part]
    for name, piece in zip(names, np.split(array, len(names)), strict=True):
        if (name, last) != ("key", "bias"):
            yield f"{block}.{name}.{last}", piece


def _dims(arrays: Arrays) -> dict[str, int]:
    words, width = arrays["decoder/embeddings/weight"].shape
    return {
        "n_mels": arrays["encoder/conv1/weight"].shape[1],
        "n_audio_ctx": arrays["encoder/position_encodings/encodings"].shape[0],
        "n_audio_state": width,
        "n_audio_head": width // HEAD,
        "n_audio_layer": _layers(arrays, "encoder"),
        "n_vocab": words,
        "n_text_ctx": arrays["decoder/position_encodings/encodings"].shape[0],
        "n_text_state": width,
        "n_text_head": width // HEAD,
        "n_text_layer": _layers(arrays, "decoder"),
    }


def _layers(arrays: Arrays, side: str) -> int:
    named = {name.split("/")[1] for name in arrays if name.startswith(f"{side}/layer_")}
    return len(named - {"layer_norm"})
