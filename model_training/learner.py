"""Learner: how one member learns from a batch, as a Lightning module.

All chance in a step (augmentation, dropout) is seeded by the position in the run, so that no random state needs saving.
"""

import math
from dataclasses import dataclass, field, replace
from typing import Any

import lightning.pytorch as lightning
import numpy as np
import torch
from lightning.pytorch.utilities.types import STEP_OUTPUT, OptimizerLRScheduler
from torch import Tensor, nn
from torch.optim.lr_scheduler import ConstantLR, LRScheduler, OneCycleLR, ReduceLROnPlateau
from torch.optim.swa_utils import AveragedModel

from cxr_viewer.core import geometry
from cxr_viewer.detection import anchors
from cxr_viewer.detection.retinanet import RawOutput, RetinaNet
from model_training import augmentation, averaging, losses, targets
from model_training.batch_norm import synchronise
from model_training.curves import Floats
from model_training.dataset import Batch
from model_training.held_out_metric import HeldOutMetric
from model_training.prefetching import Prefetched
from model_training.recipe import Recipe, ScheduleKind
from model_training.run_data import RunData, Share

PARTS = ("total", "classification", "regression", "image_class")


@dataclass(frozen=True, slots=True, eq=False)
class PreparedBatch:
    """A batch after augmentation.

    Attributes:
        images: (B, 1, S, S) float, on the device.
        targets: per image.
        classes: (B,) int64 of ImageClass.
        positions: (B,) in the run, or among the held-out examples.
    """

    images: Tensor
    targets: tuple[targets.Targets, ...]
    classes: Tensor
    positions: tuple[int, ...] = field(default=(), kw_only=True)


class Learner(lightning.LightningModule):
    """One member under training."""

    anchors: Tensor
    averaged: AveragedModel | None

    def __init__(self, network: RetinaNet, recipe: Recipe, seed: int, data: RunData) -> None:
        """Set up.

        Args:
            network: what learns.
            recipe: losses, augmentation, optimiser.
            seed: of augmentation and dropout.
            data: batches of the run.
        """
        super().__init__()
        self.network = network
        self.averaged = averaging.averaged(network, recipe.averaging) if recipe.averaging.decay > 0 else None
        self.recipe = recipe
        self.seed = seed
        self.data = data
        grid = torch.from_numpy(anchors.grid(network.spec.anchors, network.spec.input_side))
        self.register_buffer("anchors", grid, persistent=False)
        self.sums = torch.zeros(len(PARTS))
        self.validation_sums = torch.zeros(len(PARTS))
        self.validation_batches = 0
        self.validation_precision: Floats | None = None
        self._held_out_metric = HeldOutMetric(data, network.spec.anchors)
        self._plateau: ReduceLROnPlateau | None = None

    @property
    def judged(self) -> nn.Module:
        """The network that is validated, kept and published: the average where the recipe asks for one."""
        return self.network if self.averaged is None else self.averaged.module

    @property
    def share(self) -> Share:
        """What this process takes of every step."""
        return Share(self.trainer.global_rank, self.trainer.world_size)

    def setup(self, stage: str) -> None:
        """Let batch normalisation see a step whole where several GPUs share it (torch has no way for processors)."""
        del stage
        if self.share.processes == 1 or self.trainer.strategy.root_device.type != "cuda":
            return
        if not self.recipe.start.freeze_batch_norm:
            synchronise(self.network)

    def train_dataloader(self) -> Prefetched:
        """Return the batches of the round that begins at the present step."""
        return self.data.round_loader(self.trainer.global_step, self.share)

    def val_dataloader(self) -> Prefetched:
        """Return the held-out batches."""
        return self.data.validation_loader(self.share)

    def transfer_batch_to_device(self, batch: Batch, device: torch.device, dataloader_idx: int) -> Batch:
        """Move a batch to the training device."""
        del dataloader_idx
        return batch.to(device)

    def on_after_batch_transfer(self, batch: Batch, dataloader_idx: int) -> PreparedBatch:
        """Augment on the device (training only) and assign targets, outside of the forward pass's precision."""
        del dataloader_idx
        return replace(self.prepare(batch, augmented=bool(self.trainer.training)), positions=batch.positions)

    def prepare(self, batch: Batch, augmented: bool) -> PreparedBatch:
        """Return images and targets of a batch, with or without random changes."""
        rules = self.recipe.augmentation
        if not augmented:
            images = batch.pixels[:, None].float() / 255
            return self._with_targets(images, batch.boxes, batch.hard_negatives, batch.classes)
        side = batch.pixels.shape[-1]
        changes = [augmentation.draw(rules, side, self.seed, position) for position in batch.positions]
        boxes, hard_negatives = (
            tuple(
                augmentation.change_boxes(own, change, rules, self.seed, position)
                for own, change, position in zip(kind, changes, batch.positions, strict=True)
            )
            for kind in (batch.boxes, batch.hard_negatives)
        )
        return self._with_targets(
            augmentation.change_images(batch.pixels, changes), boxes, hard_negatives, batch.classes
        )

    def _with_targets(
        self,
        images: Tensor,
        boxes: tuple[geometry.Boxes, ...],
        hard_negatives: tuple[geometry.Boxes, ...],
        classes: Tensor,
    ) -> PreparedBatch:
        assigned = tuple(
            targets.assign(self.anchors, self._tensor(own), self.recipe.assignment, self._tensor(rejected))
            for own, rejected in zip(boxes, hard_negatives, strict=True)
        )
        return PreparedBatch(images.contiguous(memory_format=torch.channels_last), assigned, classes)

    def _tensor(self, boxes: geometry.Boxes) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(boxes, dtype=np.float32)).to(self.anchors.device)

    def training_step(self, batch: PreparedBatch, batch_idx: int) -> Tensor:
        """Return the loss of one step; the mean over processes is that of the whole step."""
        del batch_idx
        torch.manual_seed(self.seed * 1_000_003 + self.trainer.global_step + (self.share.process << 48))
        found = self._losses(self.network, batch)
        self.sums = self.sums.to(found.total.device) + _parts(found)
        return found.total

    def on_train_batch_end(self, outputs: STEP_OUTPUT, batch: PreparedBatch, batch_idx: int) -> None:
        """Let the average follow."""
        del outputs, batch, batch_idx
        if self.averaged is not None:
            self.averaged.update_parameters(self.network)

    def on_validation_epoch_start(self) -> None:
        """Begin a validation with empty sums."""
        self.validation_sums = torch.zeros(len(PARTS), device=self.device)
        self.validation_batches = 0

    def validation_step(self, batch: PreparedBatch, batch_idx: int) -> None:
        """Add up the losses of one validation batch, and take what it found."""
        share = self.share
        if batch_idx * share.processes + share.process >= self.data.validation_batches:
            return  # shown again, so that all processes have as many batches
        output = self.judged(batch.images)
        self.validation_sums += _parts(self._losses_of(output, batch, None))
        self.validation_batches += 1
        self._held_out_metric.add(output, batch.positions)

    def on_validation_epoch_end(self) -> None:
        """Put together what all processes found, and show the plateau its loss."""
        gathered = torch.cat([self.validation_sums, self.validation_sums.new_tensor([self.validation_batches])])
        gathered = self._of_all_processes(gathered)
        self.validation_sums, self.validation_batches = gathered[:-1], int(gathered[-1])
        self.validation_precision = self._held_out_metric.mean_precision() if self.validation_batches else None
        if self._plateau is not None and self.validation_batches:
            watched = PARTS.index(self.recipe.schedule.watched)
            self._plateau.step(float(self.validation_sums[watched]) / self.validation_batches)

    def end_round(self) -> Tensor:
        """Return the sums of the round's losses over its steps, whole ones, and begin anew."""
        sums = self._of_all_processes(self.sums.to(self.device)) / self.share.processes
        self.sums = torch.zeros(len(PARTS))
        return sums

    def begin_round(self) -> None:
        """Forget sums and validation of an earlier round."""
        self.sums = torch.zeros(len(PARTS))
        self.validation_batches, self.validation_precision = 0, None

    def _losses(self, network: nn.Module, batch: PreparedBatch) -> losses.Losses:
        return self._losses_of(network(batch.images), batch, self._divisor(batch))

    def _losses_of(self, output: RawOutput, batch: PreparedBatch, divisor: Tensor | None) -> losses.Losses:
        with torch.autocast(batch.images.device.type, enabled=False):
            return losses.detection(
                output.class_logits,
                output.box_deltas,
                output.global_logits,
                batch.targets,
                batch.classes,
                self.recipe.loss,
                divisor,
            )

    def _divisor(self, batch: PreparedBatch) -> Tensor | None:
        """Return what divides this process's part of a loss over all positives of a step, so that the mean is right."""
        count = self.share.processes
        if count == 1 or self.recipe.loss.normalisation is not losses.Normalisation.BATCH:
            return None
        own = sum(len(target.positives) for target in batch.targets)
        return self._of_all_processes(torch.tensor(float(own), device=self.device)).clamp(min=1) / count

    def _of_all_processes(self, values: Tensor) -> Tensor:
        """Return the sum over processes."""
        return values if self.share.processes == 1 else self.trainer.strategy.reduce(values, reduce_op="sum")

    def configure_optimizers(self) -> OptimizerLRScheduler:
        """Return optimiser and learning rate of the recipe."""
        rules = self.recipe.schedule
        optimizer = self._optimizer()
        schedule: LRScheduler
        if rules.kind is ScheduleKind.ONE_CYCLE:
            total = max(2, self.recipe.steps)
            one_step = math.isclose(rules.warm_up * total, 1)  # of warm-up, by whose length torch would divide: zero
            schedule = OneCycleLR(
                optimizer,
                self.recipe.optimizer.learning_rate,
                total_steps=total,
                pct_start=0.0 if one_step else rules.warm_up,
                div_factor=rules.start_divisor,
                final_div_factor=rules.end_divisor,
            )
            return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}
        if rules.kind is ScheduleKind.PLATEAU:
            self._plateau = ReduceLROnPlateau(optimizer, patience=rules.patience, factor=rules.factor, eps=0.0)
            return {"optimizer": optimizer}
        schedule = ConstantLR(optimizer, factor=1.0)
        return {"optimizer": optimizer, "lr_scheduler": schedule}

    def _optimizer(self) -> torch.optim.Optimizer:
        rules = self.recipe.optimizer
        learned = [parameter for parameter in self.network.parameters() if parameter.requires_grad]
        if rules.kind == "adam":
            return torch.optim.Adam(learned, lr=rules.learning_rate)
        groups = [
            {"params": [p for p in learned if p.ndim > 1], "weight_decay": rules.weight_decay},
            {"params": [p for p in learned if p.ndim <= 1], "weight_decay": 0.0},
        ]
        return torch.optim.AdamW(groups, lr=rules.learning_rate)

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Keep the plateau's memory: Lightning knows nothing of it."""
        if self._plateau is not None:
            checkpoint["plateau"] = self._plateau.state_dict()

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Take the plateau's memory up again, once the optimiser exists."""
        self._remembered = checkpoint.get("plateau")

    def on_train_start(self) -> None:
        """Finish what ``on_load_checkpoint`` began."""
        remembered = getattr(self, "_remembered", None)
        if self._plateau is not None and remembered is not None:
            self._plateau.load_state_dict(remembered)


def _parts(found: losses.Losses) -> Tensor:
    return torch.stack([found.total.detach(), found.classification, found.regression, found.image_class])
