"""Tests of publishing: a bundle that runs, with tuned thresholds and honest words, or a refusal."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from cxr_viewer.core import geometry, training_range
from cxr_viewer.core.whole_folder import FolderInUseError
from cxr_viewer.detection import bundle, load_detector
from cxr_viewer.detection.bundle import BundleError
from model_training import fit, prediction, publish, validation
from model_training.curves import Froc
from model_training.dataset import Dataset, open_folders
from model_training.dataset_detections import detect
from model_training.ensemble_members import EnsembleError
from model_training.fit import FitRequest
from model_training.gate.fitting import GateRecipe
from model_training.publish_request import PublishError, PublishRequest
from model_training.score_thresholds import best_threshold
from tests.model_training.small import small_dataset, small_recipe, write_run


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two short fits of the tiny network on bright patches, folds 0 and 1."""
    folder = tmp_path_factory.mktemp("runs")
    dataset = small_dataset(folder / "train", count=48)
    made = []
    for fold in (0, 1):
        request = FitRequest(
            small_recipe(samples=800, set_name="none"),
            dataset,
            folder / f"fold{fold}",
            fold=fold,
            fold_count=2,
            seed=fold,
            accelerator="cpu",
            devices="1",
        )
        fit.run(request, lambda line: None)
        made.append(request.out)
    return made[0], made[1]


@pytest.fixture(scope="module")
def tuning(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return small_dataset(tmp_path_factory.mktemp("data") / "tuning", count=24, seed=7)


@pytest.fixture(scope="module")
def test_set(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return small_dataset(tmp_path_factory.mktemp("data") / "test", count=24, seed=8)


@pytest.fixture(scope="module")
def published(
    runs: tuple[Path, Path], tuning: Dataset, test_set: Dataset, tmp_path_factory: pytest.TempPathFactory
) -> bundle.ModelBundle:
    out = tmp_path_factory.mktemp("bundles") / "small"
    return publish.publish(
        PublishRequest(runs, out, "small", tuning=tuning, test=test_set, learned_from="Trained on bright patches.")
    )


def test_a_published_bundle_finds_what_its_members_learned(published: bundle.ModelBundle, test_set: Dataset) -> None:
    detector = load_detector(published.folder)
    assert detector.members == 2
    right = 0
    for index in range(1, len(test_set), 2):
        candidates = detector.detect(np.array(test_set.image(index)))
        best = candidates.mean_boxes[:1]
        right += bool(len(best) and geometry.pairwise_iou(best, test_set.examples[index].boxes).max(initial=0) > 0.4)
    assert right >= 9  # of 12


def test_the_bundle_carries_threshold_figures_and_curve_of_named_sets(
    published: bundle.ModelBundle, tuning: Dataset, test_set: Dataset
) -> None:
    found = detect(prediction.of_bundle(published.folder), tuning)
    assert published.thresholds.score == best_threshold(found)[0]
    assert published.thresholds.size is None
    validation = published.validation
    assert (validation.dataset, validation.images) == (test_set.name, 24)
    assert validation.metrics["image_auc"] > 0.8
    sensitivities = [point.sensitivity for point in validation.froc]
    assert sensitivities == sorted(sensitivities, reverse=True)
    assert published.learned_from == "Trained on bright patches."
    assert [member.fold for member in published.members] == ["all but fold 0 of 2", "all but fold 1 of 2"]


def test_the_bundle_carries_the_range_of_what_its_members_learned_from(
    published: bundle.ModelBundle, runs: tuple[Path, Path], test_set: Dataset
) -> None:
    known = published.training_range
    assert known is not None
    assert known.images == 48
    assert training_range.judge(np.array(test_set.image(0)), known).is_usual
    assert not training_range.judge(np.array(test_set.image(0)) // 3, known).is_usual


def test_the_model_card_says_what_it_is_and_what_it_does(published: bundle.ModelBundle) -> None:
    card = (published.folder / "MODEL_CARD.md").read_text(encoding="utf-8")
    for words in (
        "Not a medical device",
        "Trained on bright patches.",
        "all but fold 1 of 2",
        f"at score {published.thresholds.score:.3f} (best on tuning)",
        "24 images of 24 persons",
        "not calibrated",
    ):
        assert words in card
    listed = json.loads((published.folder / "bundle.json").read_text(encoding="utf-8"))["files"]
    assert set(listed) == {path.name for path in published.folder.iterdir()} - {"bundle.json"}


def test_an_observed_set_stands_on_the_card_and_changes_nothing_else(
    runs: tuple[Path, Path], tuning: Dataset, test_set: Dataset, published: bundle.ModelBundle, tmp_path: Path
) -> None:
    observed = small_dataset(tmp_path / "observed", count=12, seed=9)
    request = PublishRequest(runs, tmp_path / "bundle", "small", "1", tuning, test_set, (observed,))
    written = publish.publish(request)
    card = (written.folder / publish.CARD_FILE).read_text(encoding="utf-8")
    assert "nothing was chosen by it" in card
    assert f"on {observed.name}" in card
    assert written.thresholds == published.thresholds
    assert written.validation == published.validation


def test_a_child_inherits_thresholds_and_words_of_its_parent(
    published: bundle.ModelBundle, runs: tuple[Path, Path], tmp_path: Path
) -> None:
    child = publish.publish(PublishRequest(runs[:1], tmp_path / "child", "child", parent=published.folder))
    assert child.thresholds == published.thresholds
    assert child.learned_from == "Trained on bright patches. Then fitted to train."
    assert child.training_data_digest != published.training_data_digest
    assert child.validation.images == 0


def test_a_bundle_that_is_worse_than_its_parent_is_refused_unless_asked_for(
    published: bundle.ModelBundle, runs: tuple[Path, Path], test_set: Dataset, tmp_path: Path
) -> None:
    data = open_folders([runs[0].parent / "train"])
    untrained = write_run(tmp_path / "untrained", data, 0)
    request = PublishRequest((untrained,), tmp_path / "worse", "worse", test=test_set, parent=published.folder)
    with pytest.raises(PublishError, match="worse is worse than small 1 on test: mean precision -"):
        publish.publish(request)
    assert not request.out.exists()
    assert publish.publish(dataclasses.replace(request, although_worse=True)).validation.images == 24
    alike = publish.publish(dataclasses.replace(request, runs=runs, out=tmp_path / "alike"))
    assert alike.thresholds == published.thresholds


def test_what_was_trained_on_is_not_taken_for_tuning_or_figures(runs: tuple[Path, Path], tmp_path: Path) -> None:
    train = open_folders([runs[0].parent / "train"])
    with pytest.raises(PublishError, match="dataset train was trained on"):
        publish.publish(PublishRequest(runs, tmp_path / "out", "x", test=train))
    assert not (tmp_path / "out").exists()


def test_a_part_of_what_was_trained_on_is_not_taken_for_figures(
    runs: tuple[Path, Path], test_set: Dataset, tmp_path: Path
) -> None:
    whole = dataclasses.replace(test_set, digest="of both", part_digests=(test_set.digest, "another"))
    run = write_run(tmp_path / "both", whole, 0)
    with pytest.raises(PublishError, match="dataset test was trained on"):
        publish.publish(PublishRequest((run,), tmp_path / "out", "x", test=test_set))


def test_one_set_is_not_both_tuned_and_tested_on(runs: tuple[Path, Path], tuning: Dataset, tmp_path: Path) -> None:
    with pytest.raises(PublishError, match="Tuning and test dataset are the same"):
        publish.publish(PublishRequest(runs, tmp_path / "out", "x", tuning=tuning, test=tuning))


def test_members_of_unequal_strength_or_other_networks_are_refused(runs: tuple[Path, Path], tmp_path: Path) -> None:
    for change, sentence in (
        ({"samples": 8}, "different numbers of samples"),
        ({"network": {"pyramid_width": 24}}, "different networks"),
    ):
        other = tmp_path / sentence.split()[1]
        other.mkdir()
        record = json.loads((runs[1] / "member.json").read_text(encoding="utf-8"))
        for key, value in change.items():
            record[key] = {**record[key], **value} if isinstance(value, dict) else value
        (other / "member.json").write_text(json.dumps(record), encoding="utf-8")
        with pytest.raises(EnsembleError, match=sentence):
            publish.publish(PublishRequest((runs[0], other), tmp_path / "out", "x"))


def test_a_folder_in_use_and_a_broken_parent_are_refused_and_leave_nothing(
    runs: tuple[Path, Path], tmp_path: Path
) -> None:
    request = PublishRequest(runs[:1], tmp_path, "x")
    (tmp_path / "letter.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(FolderInUseError):
        publish.publish(request)
    with pytest.raises(BundleError):
        publish.publish(dataclasses.replace(request, out=tmp_path / "out", parent=tmp_path))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["letter.txt"]


def test_operating_points_read_the_curve_at_each_threshold() -> None:
    curve = Froc(np.array([0.9, 0.5, 0.2]), np.array([0.3, 0.6, 0.6]), np.array([0.0, 0.1, 0.4]))
    points = {point.score: point for point in validation.operating_points(curve)}
    assert (points[0.2].sensitivity, points[0.2].false_positives_per_image) == (0.6, 0.4)
    assert (points[0.5].sensitivity, points[0.5].false_positives_per_image) == (0.6, 0.1)
    assert (points[0.6].sensitivity, points[0.6].false_positives_per_image) == (0.3, 0.0)


def test_a_bundle_gets_an_input_gate_and_its_child_takes_it_over(
    runs: tuple[Path, Path], tuning: Dataset, tmp_path: Path
) -> None:
    recipe = GateRecipe(chests=64, epochs=1, most_chests_withheld=1.0)  # learns nothing, which this test needs not
    request = PublishRequest(runs[:1], tmp_path / "parent", "gated", gate=tuning, gate_recipe=recipe)
    parent = publish.publish(request)
    assert parent.gate == bundle.GATE_FILE
    assert "## Input gate" in (parent.folder / "MODEL_CARD.md").read_text(encoding="utf-8")
    child = publish.publish(PublishRequest(runs[1:], tmp_path / "child", "child", parent=parent.folder))
    assert child.gate == bundle.GATE_FILE
    gates = [(one.folder / bundle.GATE_FILE).read_bytes() for one in (parent, child)]
    assert gates[0] == gates[1]
