"""Functions that readers might write, most of them badly; each is tried by both routes."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
import warnings
from typing import Any

import numpy as np

from convlib.teach.exercises.engine.definition import Exercise, Mistake

SCALE = Exercise(
    "9.1",
    call="scale",
    oracle=lambda x, n: x * n,
    cases=lambda: [{"x": np.array([1, 2]), "n": n} for n in range(1, 5)],
    hints=["first", "second", "third"],
    mistakes=[
        Mistake("ignores n", lambda x, n: x, "You left out n."),
        Mistake("adds", lambda x, n: x + n, "You add n instead of multiplying."),
    ],
)


class Hostile:
    """Nothing can be done with it without an error."""

    def _no(self, *_: Any) -> Any:
        raise RuntimeError("hostile")

    __eq__ = __repr__ = __str__ = __reduce__ = __len__ = __iter__ = __array__ = _no  # type: ignore
    __hash__ = None  # type: ignore


class HostileKind(type):
    @property
    def __name__(cls) -> str:  # type: ignore
        raise RuntimeError("hostile")


class HostileInt(int):
    def __eq__(self, other: object) -> bool:
        raise RuntimeError("hostile")

    __hash__ = int.__hash__


class SilentError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("hostile")


def loops(x, n):
    while True:
        pass


def swallows_everything(x, n):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass


def swallows_three_times(x, n):
    for _ in range(3):
        try:
            while True:
                pass
        except BaseException:
            pass
    while True:
        pass


def loops_in_c(x, n):
    return sum(range(10**13))


def sleeps(x, n):
    time.sleep(60)


def hangs_on_three(x, n):
    while n == 3:
        pass
    return x * n


def calls_itself(x, n):
    return calls_itself(x, n)


def ends_the_program(x, n):
    sys.exit(3)


def ends_the_process(x, n):
    os._exit(3)


def interrupts(x, n):
    raise KeyboardInterrupt


def raises_base(x, n):
    raise BaseException("all the way down")


def raises_silently(x, n):
    raise SilentError


def raises_later(x, n):
    return x * n if n < 3 else x[9]


def divides(x, n):
    return n // 0


def prints_a_megabyte(x, n):
    print("x" * 2**20, flush=True)
    print("y" * 2**20, file=sys.stderr)
    return x * n


def writes_below_python(x, n):
    os.write(1, b"leaked")
    os.write(2, b"leaked")
    return x * n


def asks(x, n):
    return input("How much? ")


def changes_its_input(x, n):
    x *= n
    return x


def gives_a_list(x, n):
    return (x * n).tolist()


def gives_a_tuple(x, n):
    return tuple((x * n).tolist())


def gives_text(x, n):
    return "x times n"


def gives_nothing(x, n):
    x * n


def gives_nan(x, n):
    return x * np.nan


def yields(x, n):
    yield x * n


def gives_floats(x, n):
    return x * float(n)


def gives_one_number(x, n):
    return int((x * n).sum())


def gives_a_column(x, n):
    return (x * n)[:, None]


def gives_hostile(x, n):
    return Hostile()


def gives_hostile_list(x, n):
    return [Hostile(), Hostile()]


def gives_hostile_kind(x, n):
    return HostileKind("Odd", (), {})()


def gives_hostile_int(x, n):
    return HostileInt(3)


def gives_a_function(x, n):
    return lambda: x * n


def gives_itself(x, n):
    loop: list = []
    loop.append(loop)
    return loop


def gives_a_huge_number(x, n):
    return 10**100_000


def gives_a_long_list(x, n):
    return [0] * 2_000_000


def gives_a_large_array(x, n):
    return np.zeros(20_000_000, dtype=np.int8)


def gives_dates(x, n):
    return np.array(["2020-01-01"], dtype="datetime64[D]")


def needs_memory(x, n):
    return np.zeros(2**33)


def grows(x, n):
    rows = [0]
    while True:
        rows += rows


def forks(x, n):
    os.fork()
    return x * n


def forks_and_stays(x, n):
    if os.fork() == 0:
        time.sleep(60)
    return x * n


def starts_a_program(x, n):
    subprocess.Popen(["sleep", "61"], close_fds=False)
    return x * n


def starts_a_thread(x, n):
    def spin() -> None:
        while True:
            time.sleep(0.005)

    threading.Thread(target=spin).start()
    return x * n


def changes_settings(x, n):
    np.seterr(all="raise")
    return x * n


def seeds(x, n):
    np.random.seed(0)  # noqa: NPY002
    random.seed(0)
    return x * n


def moves_house(x, n):
    os.chdir("/")
    sys.setrecursionlimit(5000)
    return x * n


def warns(x, n):
    return x / np.zeros(2)


def warns_and_is_right(x, n):
    x / np.zeros(2)
    warnings.warn("careful", stacklevel=1)
    return x * n


def kills_itself(x, n):
    os.kill(os.getpid(), signal.SIGKILL)


def stops_itself(x, n):
    os.kill(os.getpid(), signal.SIGSTOP)


def cuts_the_wire(x, n):
    os.closerange(3, 300)
    return x * n


def takes_one(x):
    return x


def takes_three(x, n, m):
    return x


def takes_any(*values):
    return values[0] * values[1]


async def waits(x, n):
    return x * n


def starter(x, n):
    raise NotImplementedError


def is_right(x, n):
    return x * n
