"""The instance on the screen, as one value."""

from dataclasses import dataclass

from cxr_viewer.core.gate import GateVerdict
from cxr_viewer.core.studies import Instance, InstanceKey
from cxr_viewer.store.records import KnownInstance
from cxr_viewer.ui.displayed_image import DisplayedImage


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """The instance on the screen: header, pixels, and whether the gate withholds the model."""

    instance: Instance
    image: DisplayedImage
    verdict: GateVerdict

    @property
    def key(self) -> InstanceKey:
        """Identity of the instance."""
        return self.image.key


def known_instance(reading: Reading) -> KnownInstance:
    """Return what the journal keeps of an instance, so that an export finds its image."""
    instance = reading.instance
    return KnownInstance(
        instance_key=reading.key,
        rows=reading.image.rows,
        columns=reading.image.columns,
        path=instance.path,
        sop_instance_uid=instance.sop_instance_uid,
        study_instance_uid=instance.study_instance_uid,
    )
