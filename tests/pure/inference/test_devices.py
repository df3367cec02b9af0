"""The choice of the device: what works is used, what does not is named, the CPU always does."""

import numpy as np
import pytest

from sketch2pose.inference import devices


def test_the_identity_network_is_valid_and_runs():
    session = devices.create_session(devices._identity_network(), devices.Device(threads=1))
    (result,) = session.run(None, {"x": np.array([3.5], np.float32)})
    np.testing.assert_array_equal(result, [3.5])


def test_automatic_needs_no_apology():
    device = devices.choose_device("auto", threads=2)
    assert device.name in devices.available_devices()
    assert device.threads == 2
    assert device.note == ""


@pytest.mark.parametrize("wanted", ["cuda", "DirectML", "coreml"])
def test_what_is_not_installed_falls_back_with_a_sentence(wanted, monkeypatch):
    monkeypatch.setattr(devices, "available_devices", lambda: ["cpu"])
    device = devices.choose_device(wanted)
    assert device.name == "cpu"
    assert device.note.startswith(f"{wanted.lower()} is not used (not installed")
    assert device.note.endswith("networks run on the CPU.")


@pytest.mark.parametrize("wanted", ["auto", "cuda"])
def test_what_is_installed_but_broken_falls_back_with_its_reason(wanted, monkeypatch):
    def broken(model, device):
        raise RuntimeError("libcudart.so.12: cannot open shared object file\nand more")

    monkeypatch.setattr(devices, "available_devices", lambda: ["cuda", "cpu"])
    monkeypatch.setattr(devices, "create_session", broken)
    device = devices.choose_device(wanted)
    assert device.name == "cpu"
    assert "libcudart.so.12" in device.note
    assert "and more" not in device.note


def test_a_provider_that_silently_steps_aside_is_noticed(monkeypatch):
    """onnxruntime answers with the CPU when a listed provider cannot load."""
    monkeypatch.setattr(devices, "available_devices", lambda: ["cuda", "cpu"])
    monkeypatch.setattr(devices.Device, "providers", ["CPUExecutionProvider"])
    device = devices.choose_device("cuda")
    assert device.name == "cpu"
    assert "driver or libraries are missing" in device.note


def test_providers_always_end_with_the_cpu():
    assert devices.Device("cuda").providers == ["CUDAExecutionProvider", "CPUExecutionProvider"]
    assert devices.Device("cpu").providers == ["CPUExecutionProvider"]


def test_unknown_names_are_refused():
    with pytest.raises(ValueError, match="abacus"):
        devices.choose_device("abacus")
