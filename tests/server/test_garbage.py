"""What is kept for long is not looked through for garbage again and again; it is reclaimed once there is much of it."""

import subprocess
import sys

SCRIPT = """
import gc, weakref
from server import garbage
from server.garbage import MANY, compiling, settle

class Node:
    pass

def tidy():
    with compiling():
        pass

def cycle():
    one = Node()
    one.self = one
    return one

kept = [cycle() for _ in range(MANY)]
tidy()
assert gc.get_freeze_count() == 0, "a process that does not serve is left alone"

settle()
at_first = gc.get_freeze_count()
few = [cycle() for _ in range(MANY // 10)]
gc.collect()
tidy()
assert gc.get_freeze_count() <= at_first, "a few stay where they are"

watched = weakref.ref(few[0])
few.clear()
more = [cycle() for _ in range(MANY)]
gc.collect()
assert watched() is None, "and are looked through"
with compiling():
    tidy()
    assert len(gc.get_objects(generation=2)) >= MANY, "nothing is set aside while something is compiled"
assert gc.get_freeze_count() >= at_first + MANY, "many are set aside"
assert len(gc.get_objects(generation=2)) == 0

watched = weakref.ref(more[0])
more.clear()
gc.collect()
tidy()
assert watched() is not None, "what is set aside is not looked through"
lists = [[] for _ in range(2 * at_first)]
gc.collect()
tidy()
lists += [[] for _ in range(MANY)]
gc.collect()
tidy()
assert watched() is None, "but is once it has doubled"
print("done")
"""


def test_what_is_kept_is_set_aside_until_it_has_doubled() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("done\n", 0), done.stderr
