"""Tests of what a network starts from: a parent's member, a file of encoder weights, or a plain refusal."""

import dataclasses
from pathlib import Path

import pytest
import timm
import torch
from safetensors.torch import load_file, save_file

from cxr_viewer.detection.bundle import BundleError
from cxr_viewer.detection.retinanet import RetinaNet
from model_training import fit, recipe, starting_weights
from model_training.fit import FitRequest
from model_training.starting_weights import StartingWeightsError
from tests.bundle_factory import TINY, random_network, tiny_bundle
from tests.model_training.small import small_dataset, small_recipe


def test_a_member_of_a_parent_bundle_is_named_by_number(tmp_path: Path) -> None:
    tiny_bundle(tmp_path / "bundle")
    found = starting_weights.parent_member(tmp_path / "bundle", 2)
    assert found.spec == TINY
    assert found.weights.name == "member-2.safetensors"
    with pytest.raises(StartingWeightsError, match="has 2 members; there is no member 3"):
        starting_weights.parent_member(tmp_path / "bundle", 3)
    with pytest.raises(BundleError):
        starting_weights.parent_member(tmp_path, 1)


def test_a_fit_from_a_parent_takes_its_network_and_begins_with_its_weights(tmp_path: Path) -> None:
    tiny_bundle(tmp_path / "bundle")
    asked = recipe.read("finetune")
    still = dataclasses.replace(
        asked.with_samples(8), optimizer=dataclasses.replace(asked.optimizer, learning_rate=1e-12)
    )
    request = FitRequest(
        still, small_dataset(tmp_path / "data"), tmp_path / "run", parent=tmp_path / "bundle", parent_member=2,
        accelerator="cpu", devices="1",
    )  # fmt: skip
    weights = load_file(fit.run(request, lambda line: None))
    parent = load_file(tmp_path / "bundle" / "member-2.safetensors")
    for name, value in parent.items():
        torch.testing.assert_close(weights[name], value, rtol=0, atol=1e-6)


@pytest.mark.parametrize("ending", [".safetensors", ".pth"])
@pytest.mark.parametrize("prefix", ["", "encoder."])
def test_encoder_weights_come_from_a_local_file(tmp_path: Path, ending: str, prefix: str) -> None:
    source = random_network(seed=3)
    state = {prefix + name: value.contiguous() for name, value in source.encoder.state_dict().items()}
    state["classifier.weight"] = torch.zeros(3, 3)
    path = tmp_path / f"encoder{ending}"
    if ending == ".safetensors":
        save_file(state, path)
    else:
        torch.save(state, path)
    network = RetinaNet(TINY)
    starting_weights.load_encoder(network, path)
    for name, value in network.encoder.state_dict().items():
        assert torch.equal(value, source.encoder.state_dict()[name])


@pytest.mark.parametrize("encoder", ["dpn68", "legacy_xception", "mnasnet_small"])
def test_timms_own_files_fit_encoders_whose_weights_timm_names_otherwise(tmp_path: Path, encoder: str) -> None:
    whole = timm.create_model(encoder, pretrained=False)
    save_file(whole.state_dict(), tmp_path / "timm.safetensors")
    network = RetinaNet(dataclasses.replace(TINY, encoder=encoder, input_channels=3))
    starting_weights.load_encoder(network, tmp_path / "timm.safetensors")
    mine = [value for value in network.encoder.state_dict().values() if value.ndim == 4]
    theirs = [value for value in whole.state_dict().values() if value.ndim == 4]
    assert torch.equal(mine[0], theirs[0])
    assert torch.equal(mine[-1], theirs[len(mine) - 1])


def test_a_file_of_another_network_or_of_no_weights_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.safetensors"
    save_file({"layer.weight": torch.zeros(2)}, other)
    with pytest.raises(StartingWeightsError, match=r"other.safetensors lacks the weights .* is it of another network"):
        starting_weights.load_encoder(RetinaNet(TINY), other)
    letter = tmp_path / "letter.safetensors"
    letter.write_text("dear reader", encoding="utf-8")
    with pytest.raises(StartingWeightsError, match="does not hold weights of the encoder"):
        starting_weights.load_encoder(RetinaNet(TINY), letter)


@pytest.mark.parametrize("name", [name for name in recipe.shipped() if recipe.read(name).start.pretrained])
def test_weights_that_cannot_be_fetched_are_a_plain_message(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    def refuse(*_arguments: object, **_named: object) -> None:
        raise OSError("no route to host")

    network = recipe.read(name).network
    assert network is not None
    monkeypatch.setattr("model_training.starting_weights.RetinaNet", refuse)
    with pytest.raises(StartingWeightsError) as refusal:
        starting_weights.pretrained(network)
    assert f"weights of {network.encoder} cannot be had here; fetch them elsewhere (timm takes them" in str(
        refusal.value
    )
    assert "name the file by --encoder-weights" in str(refusal.value)


def test_a_fit_without_the_weights_it_asks_for_ends_with_that_message(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse(*_arguments: object, **_named: object) -> None:
        raise RuntimeError("No pretrained weights exist")

    monkeypatch.setattr("model_training.starting_weights.RetinaNet", refuse)
    asked = dataclasses.replace(small_recipe(8), start=recipe.StartRules(pretrained=True))
    request = FitRequest(asked, small_dataset(tmp_path / "data"), tmp_path / "run", accelerator="cpu", devices="1")
    with pytest.raises(StartingWeightsError, match=r"cannot be had here; fetch them elsewhere .* --encoder-weights"):
        fit.run(request, lambda line: None)
