"""Sizes that a file claims never reach beyond what is there, whatever their type."""

import io
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sketch2pose.core.array_archive import BadArchive, PickledArchive, read_archive
from sketch2pose.core.untrusted_numbers import (
    ByteBudget,
    check_within,
    exact_int,
    exact_sizes,
    product,
)

whole = st.one_of(
    st.integers(-3, 9), st.integers(-(2**65), 2**65), st.sampled_from([2**31, 2**62, 2**63 - 1])
)
views = st.integers(0, 4).flatmap(
    lambda axes: st.tuples(
        whole, st.lists(whole, min_size=axes, max_size=axes),
        st.lists(whole, min_size=axes, max_size=axes), st.integers(0, 60),
    )
)  # fmt: skip


def as_numpy(value):
    """The same number as a file of NumPy would bring it, when it has 64 bits."""
    return np.int64(value) if -(2**63) <= value < 2**63 else value


@given(views)
def test_a_view_that_passes_lies_within_its_storage(view):
    offset, sizes, steps, available = view
    try:
        start = exact_int(as_numpy(offset))
        counts = exact_sizes([as_numpy(size) for size in sizes])
        apart = exact_sizes([as_numpy(step) for step in steps])
        check_within(start, counts, apart, available)
    except ValueError:
        return
    assert 0 <= offset <= available
    if 0 not in sizes:
        reach = sum((size - 1) * step for size, step in zip(sizes, steps, strict=True))
        assert offset + reach < available


@given(st.lists(st.integers(1, 4), max_size=3), st.integers(0, 5), st.data())
def test_a_view_within_its_storage_passes(sizes, offset, data):
    steps = [data.draw(st.integers(0, 5)) for _ in sizes]
    reach = offset + sum((size - 1) * step for size, step in zip(sizes, steps, strict=True))
    check_within(offset, sizes, steps, reach + 1)
    with pytest.raises(ValueError, match="larger than its storage"):
        check_within(offset, sizes, steps, reach)


@pytest.mark.parametrize("value", [True, 1.0, "1", None, np.bool_(1), [1, 2], np.float64(2)])
def test_only_whole_numbers_are_numbers(value):
    with pytest.raises(ValueError, match="whole number"):
        exact_int(value)


def test_products_do_not_wrap_around():
    assert product(exact_sizes(np.array([2**62, 4]))) == 2**64


def test_a_budget_is_shared():
    budget = ByteBudget(10 << 20)
    budget.take(6 << 20)
    with pytest.raises(ValueError, match="more than 10 MiB"):
        budget.take(6 << 20)


def archive_of(header, body=b""):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        text = header.encode("latin1") + b"\n"
        size = len(text).to_bytes(2, "little")
        archive.writestr("poses.npy", b"\x93NUMPY\x01\x00" + size + text + body)
    return io.BytesIO(stream.getvalue())


@pytest.mark.parametrize(
    "header",
    ["{'descr':'<f4','fortran_order':False,'shape':(1000000000,1000000)}",
     "{'descr':'<f4','fortran_order':False,'shape':(4294967296,4294967296)}",
     "{'descr':'<f4','fortran_order':False,'shape':(-1,)}",
     "{'descr':'<U0','fortran_order':False,'shape':(5,)}",
     "{'descr':'<U-5','fortran_order':False,'shape':(1,)}",
     "{'descr':'<f4','fortran_order':False,'shape':(True,)}",
     "{'descr':'<f4','fortran_order':False,'shape':(1", "(" * 9000, "1" * 5000],
)  # fmt: skip
def test_a_header_that_lies_is_refused_before_anything_is_allocated(header):
    with pytest.raises(BadArchive):
        read_archive(archive_of(header, bytes(8)))


def test_arrays_come_back_as_they_were():
    arrays = {
        "a": np.asfortranarray(np.arange(6.0).reshape(2, 3)), "b": np.array(3), "c": np.array([]),
        "d": np.array(["é", "xy"]), "e": np.zeros((0, 3), np.int16),
    }  # fmt: skip
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)
    again = read_archive(io.BytesIO(stream.getvalue()))
    for name, array in arrays.items():
        np.testing.assert_array_equal(again[name], array)
        assert again[name].dtype == array.dtype
        assert again[name].flags.writeable


def test_objects_are_refused_or_left_out():
    stream = io.BytesIO()
    np.savez(stream, a=np.array([{}], dtype=object), b=np.ones(2))
    with pytest.raises(PickledArchive):
        read_archive(io.BytesIO(stream.getvalue()))
    assert list(read_archive(io.BytesIO(stream.getvalue()), skip_objects=True)) == ["b"]
