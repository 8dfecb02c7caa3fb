"""The fixed numbers of the study of corrections: seeds and counts of its phantoms, and the recipe."""

from dataclasses import dataclass, replace

from model_training.studies.benchmark_plan import PhantomSet

RECIPE = "finetune"
SHARE_CORRECTED = 0.45
"""Of the corrected images, how many show an opacity: a reader corrects what is worth correcting."""


@dataclass(frozen=True, slots=True)
class CorrectionsPlan:
    """One size of the study.

    Attributes:
        phantom_side: rows and columns of the phantoms.
        domain: of the shifted kind.
        corrected: images of the shifted kind that the reader corrects.
        known: images of the old kind that are mixed in, like those that the parent learned from.
        old_tuning, new_tuning: fix each bundle's threshold, pooled.
        old_test, new_test: are measured on.
        samples: shown in each fit.
        seed: of the fits.
    """

    phantom_side: int
    domain: str
    corrected: PhantomSet
    known: PhantomSet
    old_tuning: PhantomSet
    new_tuning: PhantomSet
    old_test: PhantomSet
    new_test: PhantomSet
    samples: int
    seed: int

    def shortened(self, samples: int | None, corrected: int | None, test: int | None) -> "CorrectionsPlan":
        """Return the study with other numbers; None leaves one. As many images as are tested on fix the thresholds."""
        changed = self if samples is None else replace(self, samples=samples)
        if corrected is not None:
            changed = replace(changed, corrected=replace(self.corrected, count=corrected))
        if test is None:
            return changed
        return replace(
            changed,
            known=replace(self.known, count=min(self.known.count, 4 * test)),
            old_tuning=replace(self.old_tuning, count=test),
            new_tuning=replace(self.new_tuning, count=test),
            old_test=replace(self.old_test, count=test),
            new_test=replace(self.new_test, count=test),
        )


PLAN = CorrectionsPlan(
    phantom_side=512,
    domain="second",
    corrected=PhantomSet("corrected", 111, 150),
    known=PhantomSet("known", 112, 600),
    old_tuning=PhantomSet("old-tuning", 113, 200),
    new_tuning=PhantomSet("shifted-tuning", 114, 200),
    old_test=PhantomSet("old", 115, 500),
    new_test=PhantomSet("shifted", 116, 500),
    samples=800,
    seed=1,
)
"""The study of two processor cores: about ten minutes with phantoms."""
