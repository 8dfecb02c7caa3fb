"""Bundles of large random networks, written quickly: one network is exported, and each member has a copy of its files.

What the members answer does not matter to their speed; each is loaded and run by itself.
"""

from dataclasses import replace
from pathlib import Path

from cxr_viewer.detection import bundle as bundles
from cxr_viewer.detection.bundle import Member, ModelBundle
from cxr_viewer.detection.network_spec import NetworkSpec
from tests.bundle_factory import tiny_bundle


def same_members(folder: Path, spec: NetworkSpec, count: int) -> ModelBundle:
    """Write a bundle of ``count`` equal members into a new ``folder``; files are linked, not copied."""
    one = tiny_bundle(folder, members=1, spec=spec)
    (first,) = one.members
    members = [first]
    for number in range(2, count + 1):
        member = Member(f"member-{number}.safetensors", f"member-{number}.xml")
        for source, target in zip(first.files, member.files, strict=True):
            (folder / target).hardlink_to(folder / source)
        members.append(member)
    files = {path.name: path for path in folder.iterdir() if path.name != bundles.BUNDLE_FILE}
    return bundles.write(replace(one, members=tuple(members)), files)
