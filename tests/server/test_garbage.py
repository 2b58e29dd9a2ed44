"""What is kept for long is not looked through for garbage again and again; it is reclaimed once there is much of it."""

import subprocess
import sys

SCRIPT = """
import gc, weakref
from server.app import settle

class Node:
    pass

def cycle():
    one = Node()
    one.self = one
    return one

settle()
at_first = gc.get_freeze_count()
kept = [cycle() for _ in range(1000)]
gc.collect()
assert gc.get_freeze_count() >= at_first + 1000, "what is left is set aside"
assert len(gc.get_objects(generation=2)) == 0

watched = weakref.ref(kept[0])
kept.clear()
gc.collect()
assert watched() is not None, "what is set aside is not looked through"
kept = [[] for _ in range(2 * at_first)]
gc.collect()
gc.collect()
assert watched() is None, "but is once it has doubled"
print("done")
"""


def test_what_is_kept_is_set_aside_until_it_has_doubled() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("done\n", 0), done.stderr
