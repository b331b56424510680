"""The strip of blocks, with a line that the learner moves by mouse or keyboard."""

from collections.abc import Sequence
from pathlib import Path

import anywidget
import traitlets

from helpers.network.blocks import Block
from helpers.widgets.frame import STYLE


class Strip(anywidget.AnyWidget):
    """A network drawn as its blocks, with a line between the frozen and the trained ones.

    Attributes:
        blocks: One dict per block: `name`, `short`, `stage`, `params`, `spoken`, `head`.
        boundary: How many blocks are below the line.
        moved: How far each block moved, as a share; empty before the first run.
        spoken: The state in words, for screen readers.
        words: What the two colours mean, below the line and above it.
        kinds: Which colours: `"frozen"` and `"free"`, `"kept"` and `"gone"`, `"open"` and `"plain"`.
        picks: Whether the learner picks one block, the last one below the boundary, instead of moving a line.
        hint: How to move the line.
        disabled: Whether the line can't be moved at the moment.
    """

    _esm = Path(__file__).with_name("strip.js")
    _css = STYLE
    blocks = traitlets.List().tag(sync=True)
    boundary = traitlets.Int(0).tag(sync=True)
    moved = traitlets.List(traitlets.Float()).tag(sync=True)
    spoken = traitlets.Unicode().tag(sync=True)
    label = traitlets.Unicode("Freeze boundary").tag(sync=True)
    words = traitlets.List(["frozen: stays as it is", "trained"]).tag(sync=True)
    kinds = traitlets.List(["frozen", "free"]).tag(sync=True)
    picks = traitlets.Bool(False).tag(sync=True)
    hint = traitlets.Unicode("drag the thick line, click a block, or use the arrow keys").tag(sync=True)
    disabled = traitlets.Bool(False).tag(sync=True)

    @traitlets.validate("boundary")
    def _within(self, proposal: dict) -> int:
        highest = sum(not block["head"] for block in self.blocks)
        return min(max(proposal["value"], 0), highest)

    def __repr__(self) -> str:
        return f"<Strip: {self.spoken or self.boundary}>"


def block_picker(blocks: Sequence[Block], at: str) -> Strip:
    """Return a strip on which the learner picks one block.

    Args:
        blocks: The network's blocks.
        at: Name of the block that is picked at first.
    """
    return Strip(
        blocks=described_blocks(blocks),
        label="Block",
        words=["the open block", "the others"],
        kinds=["open", "plain"],
        picks=True,
        boundary=[block.name for block in blocks].index(at) + 1,
        hint="click a block, or use the arrow keys",
    )


def described_blocks(blocks: Sequence[Block], head_params: int | None = None) -> list[dict]:
    """Return what the strip needs to know about each block, and about the head if there is one."""
    told = [
        {
            "name": block.name,
            "short": block.name.removeprefix("block"),
            "stage": block.stage,
            "params": block.params,
            "spoken": f"{block.name}: {block.params:,} weights, out {' × '.join(map(str, block.output_shape))}",
            "head": False,
        }
        for block in blocks
    ]
    if head_params is not None:
        spoken = f"your new head: {head_params:,} weights"
        told.append(
            {"name": "head", "short": "head", "stage": -1, "params": head_params, "spoken": spoken, "head": True}
        )
    return told
