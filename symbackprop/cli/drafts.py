"""Networks to start from, as commented TOML: a neuron of scalars, or layers of matrices with their data."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Sequence

EXAMPLES = 12
"""How many examples a network of layers begins with."""
WIDTH = 100
SCALARS = """# {title}: change anything here, then type
#     symbackprop derive {file}
#     symbackprop check {file}
#     symbackprop train {file}

name = {name}
description = "One neuron behind another: both inputs must be there"

# Every name stands in one section. A value is a number, or a list with one entry an example.
[inputs]
x1 = [0, 0, 1, 1]
x2 = [0, 1, 0, 1]

[targets]
t = [0, 0, 0, 1]

# Parameters are what the loss is differentiated by; their values are where training starts.
[parameters]
w1 = 0.4
w2 = 0.3
b1 = 0.1
w3 = 0.5
b2 = -0.2

# One equation a name, in any order: + - * / **, and functions such as exp, tanh, sigmoid, relu, softplus, max.
[equations]
h = "tanh(w1*x1 + w2*x2 + b1)"
y = "sigmoid(w3*h + b2)"
E = "squared_error(y, t)"          # (y - t)**2/2; there are binary_cross_entropy, huber_loss … too

[loss]
minimize = "E"

# What is known of the data may make gradients shorter: facts = ["t1 + t2 = 1"], above the first section.
# Functions of your own:
# [functions]
# "swish(z)" = "z*sigmoid(z)"

[training]
learning_rate = 2.0
epochs = 500
# optimiser = "adam"               # or momentum, nesterov, adagrad, rmsprop, adamw
# learning_rates = [0.1, 1.0, 10.0]  # for symbackprop sweep
"""
LAYERS = """# {title}: change anything here, then type
#     symbackprop derive {file}
#     symbackprop check {file}
#     symbackprop train {file}
# Examples of your own, with columns {columns}:
#     symbackprop train {file} --data examples.csv

name = {name}
description = {description}{facts}

# Parameters are what the loss is differentiated by. Here they have no values: training draws them, see initial below.
parameters = [{parameters}]

# Rows and columns: a number, or a letter that stands for any size. Names that are not here are scalars.
# The shapes of equations follow from what stands in them.
[shapes]
{shapes}

# One row an example.
[inputs]
X = {inputs}

[targets]
Y = {targets}

# As in NumPy: @ is the matrix product, * works entry by entry, and the row b is added to each row.
[equations]
{equations}

[loss]
minimize = "E"

[training]
initial = "xavier"                 # or he, normalised-xavier, normal, small, zeros
seed = 0
optimiser = "adam"                 # or gradient-descent, momentum, nesterov, adagrad, rmsprop, adamw
learning_rate = 0.05
epochs = 200
# batch_size = 32                  # by default all examples make an update
{accuracy}"""


def scalar_draft(stem: str, file: str) -> str:
    """A network of scalars on four examples."""
    return SCALARS.format(title=_title(stem), file=file, name=_text(stem))


def layered_draft(stem: str, file: str, sizes: Sequence[int]) -> str:
    """A network of layers of these sizes: classes by a softmax, or one output that is a number."""
    last, classes = len(sizes) - 1, sizes[-1]
    inputs, targets = _data(sizes[0], classes)
    shapes, equations, before = [f'X = "m × {sizes[0]}"', f'Y = "m × {classes}"'], [], "X"
    for k in range(1, last + 1):
        shapes += [f'W{k} = "{sizes[k - 1]} × {sizes[k]}"', f'b{k} = "1 × {sizes[k]}"']
        equations.append(f'Z{k} = "{before} @ W{k} + b{k}"')
        before = f"A{k}"
        if k < last:
            equations.append(_noted(f'A{k} = "tanh(Z{k})"', "or relu, sigmoid, gelu, silu …" if k == 1 else ""))
    if classes > 1:
        equations += [f'P = "softmax(Z{last}, axis=1)"', _noted('E = "-total(Y*log(P))/m"', "the cross-entropy")]
    else:
        equations.append(_noted(f'E = "total((Z{last} - Y)**2)/(2*m)"', "half the mean squared error"))
    sizes_said = ", ".join(map(str, sizes[:-1])) + f" and {classes}"
    return LAYERS.format(
        title=_title(stem),
        file=file,
        name=_text(stem),
        columns=f"{_columns('X', sizes[0])},{_columns('Y', classes)}",
        description=_text(f"Layers of {sizes_said}, with the examples in rows"),
        facts='\nfacts = ["rowsum(Y) = 1"]' if classes > 1 else "",
        shapes="\n".join(shapes),
        inputs=_rows(inputs),
        targets=_rows(targets),
        parameters=_folded([f'"{name}{k}"' for k in range(1, last + 1) for name in "Wb"]),
        equations="\n".join(equations),
        accuracy='accuracy = "P"\n' if classes > 1 else "",
    )


def _noted(line: str, note: str) -> str:
    """A line with a comment behind it."""
    return f"{line:<34} # {note}" if note else line


def _data(inputs: int, classes: int) -> tuple[list[list[float]], list[list[float]]]:
    """Examples that can be learned: a cloud about a point for each class, or a smooth function of the inputs."""
    rng = random.Random(0)
    spread = 0.4 if classes > 1 else 1.0
    centres = [[rng.uniform(-1, 1) * (classes > 1) for _ in range(inputs)] for _ in range(classes)]
    rows, targets = [], []
    for example in range(EXAMPLES):
        kind = example % classes
        row = [round(centre + rng.uniform(-spread, spread), 2) for centre in centres[kind]]
        rows.append(row)
        single = [round(math.sin(sum(row)), 2)]
        targets.append([float(kind == k) for k in range(classes)] if classes > 1 else single)
    return rows, targets


def _rows(rows: Sequence[Sequence[float]]) -> str:
    """Rows as TOML, one a line where they are short."""
    return "[\n" + "".join(f"    [{_folded([f'{number:g}' for number in row])}],\n" for row in rows) + "]"


def _folded(words: Sequence[str]) -> str:
    """Words with commas between them, on as many lines as they need."""
    lines, line = [], ""
    for word in words:
        if line and len(line) + len(word) + 8 > WIDTH:
            lines.append(line + ",")
            line = ""
        line += f", {word}" if line else word
    return "\n     ".join([*lines, line])


def _columns(name: str, count: int) -> str:
    """What the columns of a matrix are called in a CSV file."""
    if count == 1:
        return f"{name}_1"
    return ",".join(f"{name}_{k}" for k in range(1, count + 1)) if count <= 3 else f"{name}_1,…,{name}_{count}"


def _title(stem: str) -> str:
    return stem if stem.isprintable() and stem.isascii() else "A network"


def _text(words: str) -> str:
    """Text in quotes, as TOML has it; what cannot be written there is left out."""
    return json.dumps("".join(c for c in words if c.isprintable()), ensure_ascii=False)
