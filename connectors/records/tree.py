"""A YAML file as plain text values, with the line of every part, so that a problem can say where it is."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

Path_ = tuple[str | int, ...]
NULL = "tag:yaml.org,2002:null"


@dataclass
class Tree:
    """`data` has only dicts, lists, text and None; `yes`, `0012` and `2017-01-01` stay what was written."""

    data: Any
    lines: dict[Path_, int] = field(default_factory=dict)
    repeated: list[tuple[Path_, str]] = field(default_factory=list)

    def line(self, path: Path_) -> int:
        """The line of the nearest known part at or above `path`."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_tree(file: Path) -> Tree:
    """Read one YAML file; raises yaml.YAMLError, OSError or UnicodeDecodeError."""
    root = yaml.compose(file.read_text(encoding="utf-8-sig"), Loader=yaml.SafeLoader)
    tree = Tree(None)
    tree.data = {} if root is None else _value(root, (), tree)
    return tree


def _value(node: yaml.Node, path: Path_, tree: Tree) -> Any:
    tree.lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*path, index), tree) for index, item in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            here = (*path, key)
            tree.lines[here] = key_node.start_mark.line + 1
            if key in found:
                tree.repeated.append((path, key))
            found[key] = _value(value_node, here, tree)
        return found
    return None if node.tag == NULL and not getattr(node, "style", None) else node.value
