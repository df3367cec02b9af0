"""Foreign pickles, read without their code: the unpickler all readers of them share.

A pickle is a program. Here only the names that a reader knows exist, each as an inert stand-in;
what a program could do beside calling names is held as well: it cannot set attributes, cannot write
into arrays, allocates no more than the file holds, and cannot use nested containers as keys, whose
hashes a few hundred bytes can make take years. It is Python's own unpickler in Python, as the one
in C does all of this before anybody can look.
"""

import io
import pickle
import struct
from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

import numpy as np

_PythonUnpickler: Any = pickle._Unpickler  # type: ignore[attr-defined]
_KEYS = (str, bytes, int, float, bool, type(None), np.generic)
MOST_IN_KEY = 8  # parts of a key that is a tuple
MOST_OF_NAME = 80  # letters of a refused name that are repeated


class StandIn:
    """What a pickle gets in place of an object, and may give a state to."""

    __slots__ = ()

    def __setstate__(self, state: Any) -> None:
        """Keep the state of the object, unread."""
        raise NotImplementedError


class RefusedName(pickle.UnpicklingError):
    """The pickle asks for something outside of the whitelist."""


class GuardedUnpickler(_PythonUnpickler):
    """Unpickler of one file that is in memory whole.

    Readers give the names they know by overriding `find_class`.
    """

    dispatch: dict[int, Any] = dict(_PythonUnpickler.dispatch)
    stack: list[Any]
    beyond = "not an array"  # what is wrong with a name that is not known

    def __init__(self, stream: io.BytesIO) -> None:
        """Read strings of Python 2 as bytes are.

        Args:
            stream: the file.
        """
        super().__init__(stream, encoding="latin1")

    def find_class(self, module_name: str, global_name: str) -> Any:
        """The stand-in of a name; without one it is refused."""
        name = f"{module_name}.{global_name}"[:MOST_OF_NAME]
        raise RefusedName(f'it requests "{name}", which is {self.beyond}')

    def persistent_load(self, pid: Any) -> Any:
        """Refuse references to things outside of the file."""
        raise RefusedName("it references objects outside the file")

    def load_build(self) -> None:
        """As always, but only what takes its state itself may be given one."""
        owner = self.stack[-2]
        if isinstance(owner, OrderedDict):
            self.stack.pop()  # attributes of a state dictionary of PyTorch
            return
        if not isinstance(owner, StandIn):
            raise pickle.UnpicklingError("it changes an object that is not an array")
        super().load_build()

    dispatch[pickle.BUILD[0]] = load_build

    def load_bytearray8(self) -> None:
        """As always, but the bytes are read before they are allocated."""
        (count,) = struct.unpack("<Q", self.read(8))
        content = self.read(count) if count < 1 << 62 else b""
        if len(content) != count:
            raise EOFError("it is cut short")
        self.append(bytearray(content))

    dispatch[pickle.BYTEARRAY8[0]] = load_bytearray8

    def load_appends(self) -> None:
        """As always, but lists only."""
        items = self.pop_mark()
        self._own(list).extend(items)

    dispatch[pickle.APPENDS[0]] = load_appends

    def load_append(self) -> None:
        """As always, but lists only."""
        item = self.stack.pop()
        self._own(list).append(item)

    dispatch[pickle.APPEND[0]] = load_append

    def load_setitem(self) -> None:
        """As always, but dictionaries and plain keys only."""
        value, key = self.stack.pop(), self.stack.pop()
        self._own(dict)[plain_key(key)] = value

    dispatch[pickle.SETITEM[0]] = load_setitem

    def load_setitems(self) -> None:
        """As always, but dictionaries and plain keys only."""
        items = self.pop_mark()
        self._own(dict).update(_pairs(items))

    dispatch[pickle.SETITEMS[0]] = load_setitems

    def load_dict(self) -> None:
        """As always, but plain keys only."""
        items = self.pop_mark()
        self.append(dict(_pairs(items)))

    dispatch[pickle.DICT[0]] = load_dict

    def load_additems(self) -> None:
        """As always, but sets and plain elements only."""
        items = self.pop_mark()
        self._own(set).update(plain_key(item) for item in items)

    dispatch[pickle.ADDITEMS[0]] = load_additems

    def load_frozenset(self) -> None:
        """As always, but plain elements only."""
        items = self.pop_mark()
        self.append(frozenset(plain_key(item) for item in items))

    dispatch[pickle.FROZENSET[0]] = load_frozenset

    def _own(self, kind: type) -> Any:
        """The container on top of the stack."""
        if not isinstance(self.stack[-1], kind):
            raise pickle.UnpicklingError(f"it changes an object that is not a {kind.__name__}")
        return self.stack[-1]


def _pairs(items: list[Any]) -> list[tuple[Any, Any]]:
    keys = [plain_key(key) for key in items[::2]]
    return list(zip(keys, items[1::2], strict=True))


def plain_key(key: Any) -> Any:
    """A key of a dictionary whose hash costs no more than a look at it.

    Raises:
        pickle.UnpicklingError: it is a container other than a short tuple.
    """
    parts = key if type(key) is tuple and len(key) <= MOST_IN_KEY else (key,)
    if not all(isinstance(part, _KEYS) for part in parts):
        raise pickle.UnpicklingError("it uses something as a key that is neither text nor number")
    return key


class OrderedDictMaker:
    """`collections.OrderedDict` as pickles call it."""

    __slots__ = ()

    def __call__(self, pairs: Iterable[Any] = ()) -> OrderedDict[Any, Any]:
        """The dictionary of pairs, as Python 2 wrote them."""
        made: OrderedDict[Any, Any] = OrderedDict()
        for pair in pairs:
            key, value = pair
            made[plain_key(key)] = value
        return made


ORDERED_DICT = OrderedDictMaker()
