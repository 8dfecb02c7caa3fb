"""Writes the software bill of materials (CycloneDX 1.6, JSON) of what really lies in the folder."""

from collections.abc import Sequence
from pathlib import Path

from cyclonedx.factory.license import LicenseFactory
from cyclonedx.model import Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component as Entry
from cyclonedx.model.component import ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from installers import program
from installers.components import Component


def write(path: Path, components: Sequence[Component]) -> Path:
    """Write the bill.

    Raises:
        ValueError: what was written does not follow CycloneDX's schema.
    """
    bom = Bom()
    bom.metadata.component = Entry(
        name=program.NAME, version=program.version(), type=ComponentType.APPLICATION, bom_ref=program.NAME
    )
    entries = [_entry(each) for each in components if each.name != program.NAME]
    for entry in entries:
        bom.components.add(entry)
    bom.register_dependency(bom.metadata.component, entries)
    text = JsonV1Dot6(bom).output_as_string(indent=2)
    check(text)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def check(text: str) -> None:
    """Raise ValueError when a bill does not follow the schema of CycloneDX 1.6."""
    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if error is not None:
        raise ValueError(f"The bill of materials does not follow CycloneDX 1.6: {error}")


def _entry(component: Component) -> Entry:
    properties = [Property(name="cxr-viewer:within", value=component.within)] if component.within else []
    properties.append(Property(name="cxr-viewer:parts", value=str(len(component.parts))))
    return Entry(
        name=component.name,
        version=component.version or None,
        type=ComponentType.LIBRARY,
        bom_ref=f"{component.kind}:{component.name}",
        licenses=[LicenseFactory().make_from_string(component.licence)],
        purl=_address(component),
        properties=properties,
    )


def _address(component: Component) -> PackageURL:
    name = component.name.lower() if component.kind == "pypi" else component.name
    namespace = "debian" if component.kind == "deb" else None
    return PackageURL(component.kind, namespace, name, component.version or None)
