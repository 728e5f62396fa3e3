"""CSV files: what is read, and what is refused in which words."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from symbackprop.errors import DataError
from symbackprop.network.data import read_csv

NAMES = ("x1", "x2", "y")


def write(tmp_path: Path, data: str | bytes) -> Path:
    path = tmp_path / "data.csv"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


@pytest.mark.parametrize(
    "data",
    [
        "x1,x2,y\n0,1,1\n-1.5,2e-3,.5\n",
        "x1,x2,y\r\n0,1,1\r\n-1.5,2e-3,.5\r\n",
        "\ufeffx1,x2,y\n0,1,1\n-1.5,2e-3,.5",
        " x1 , x2,y \n\n 0 , 1, 1\n\n-1.5,+2E-3,.5\n\n",
        '"x1","x2","y"\n"0","1","1"\n-1.5,0.002,0.5\n',
        "y,x1,x2\n1,0,1\n0.5,-1.5,0.002\n",
    ],
)
def test_reads_columns_by_name(data: str, tmp_path: Path) -> None:
    values = read_csv(write(tmp_path, data), NAMES)
    assert values == {"x1": (0.0, -1.5), "x2": (1.0, 0.002), "y": (1.0, 0.5)}
    assert list(values) == list(NAMES)
    assert all(type(number) is float for column in values.values() for number in column)


def test_names_in_normal_form(tmp_path: Path) -> None:
    assert read_csv(write(tmp_path, "µ\n1\n"), ["μ"]) == {"μ": (1.0,)}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("", "1: error[empty]: the file is empty; begin it with a row of names: x1,x2,y"),
        ("\n \n", "1: error[empty]: the file is empty; begin it with a row of names: x1,x2,y"),
        ("x1,x2,y\n", "1: error[empty]: the file has names and no numbers; add one row of numbers an example"),
        ("x1,x2\n0,1\n", "1: error[columns]: the column y of the network is missing; "
         "give every input and target a column: x1,x2,y"),
        ("x1\n0\n", "1: error[columns]: the columns x2, y of the network are missing; "
         "give every input and target a column: x1,x2,y"),
        ("x1,x_2,y\n0,1,1\n", "1: error[columns]: column 2 is called 'x_2', which is no input or target; "
         "did you mean 'x2'?"),
        ("x1,x2,y,id\n0,1,1,7\n", "1: error[columns]: column 4 is called 'id', which is no input or target; "
         "take it out"),
        ("x1,x2,y,\n0,1,1,\n", "1: error[columns]: column 4 has no name; name it, or take it out"),
        ("x1;x2;y\n0;1;1\n", "1: error[columns]: column 1 is called 'x1;x2;y', which is no input or target; "
         "separate the columns by commas"),
        ("x1,x2,x1\n0,1,1\n", "1: error[columns]: the column 'x1' is there twice; name each column once"),
        ("0,1,1\n", "1: error[columns]: column 1 is called '0', which is no input or target; known names: x1, x2, y"),
        ("x1,x2,y\n0,1,1\n0,1\n", "3: error[ragged]: the row has 2 values for 3 columns; "
         "give it one for each of x1, x2, y"),
        ("x1,x2,y\n\n0,1,1,2\n", "3: error[ragged]: the row has 4 values for 3 columns; "
         "give it one for each of x1, x2, y"),
        ("x1,x2,y\n0,one,1\n", "2: error[number]: x2 is 'one', not a number; put a number such as 0.05 there"),
        ("x1,x2,y\n0,,1\n", "2: error[number]: the value of x2 is missing; put a number there"),
        ("x1,x2,y\n0,NaN,1\n", "2: error[number]: x2 is 'NaN', not a finite number; put a number such as 0.05 there"),
        ("x1,x2,y\n0,-inf,1\n", "2: error[number]: x2 is '-inf', not a finite number; put a number such as 0.05 there"),
        ("x1,x2,y\n0,1e999,1\n", "2: error[number]: x2 is '1e999', not a finite number; "
         "put a number such as 0.05 there"),
        ("x1,x2,y\n0,1_0,1\n", "2: error[number]: x2 is '1_0', not a number; put a number such as 0.05 there"),
        ("x1,x2,y\n0,１,1\n", "2: error[number]: x2 is '１', not a number; put a number such as 0.05 there"),
        ("x1,x2,y\n0,__import__('os'),1\n", '2: error[number]: x2 is "__import__(\'os\')", not a number; '
         "put a number such as 0.05 there"),
        (b"x1,x2,y\n0,\xff,1\n", "2: error[file]: the file is not UTF-8 text; save it as UTF-8"),
        ('x1,x2,y\n0,"1,1\n', "2: error[csv]: the row is not CSV (unexpected end of data); "
         "write numbers with commas between them"),
    ],
)  # fmt: skip
def test_refusals(data: str | bytes, message: str, tmp_path: Path) -> None:
    path = write(tmp_path, data)
    with pytest.raises(DataError) as caught:
        read_csv(path, NAMES)
    assert str(caught.value) == f"{path}:{message}"


def test_files_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        read_csv(tmp_path / "none.csv", NAMES)
    assert str(caught.value) == f"{tmp_path / 'none.csv'}: error[file]: there is no such file; check its name"
    with pytest.raises(DataError) as caught:
        read_csv(tmp_path, NAMES)
    assert str(caught.value) == f"{tmp_path}: error[file]: this is a directory; name a CSV file in it"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.binary(max_size=40), st.text(alphabet='x12y,;\n\r" .-e\0é', max_size=40).map(str.encode)))
def test_random_files_are_refused_in_one_line(tmp_path: Path, data: bytes) -> None:
    message = ""
    try:
        read_csv(write(tmp_path, data), ["x1", "y"])
    except DataError as error:
        message = str(error)
    assert "\n" not in message
