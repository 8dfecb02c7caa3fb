"""Libraries without those that came along with what stays out."""

from installers import needed

CODEC = ("imagecodecs/_tiff.abi3.so", "/w/_tiff.abi3.so", "EXTENSION")
TIFF = ("imagecodecs.libs/libtiff.so.6", "/w/libtiff.so.6", "BINARY")
ZSTD = ("imagecodecs.libs/libzstd.so.1", "/w/libzstd.so.1", "BINARY")
AVIF = ("imagecodecs.libs/libavif.so.16", "/w/libavif.so.16", "BINARY")
AOM = ("imagecodecs.libs/libaom.so.3", "/w/libaom.so.3", "BINARY")
LINK = ("libtiff.so.6", "imagecodecs.libs/libtiff.so.6", "SYMLINK")
DEAD = ("libavif.so.16", "imagecodecs.libs/libavif.so.16", "SYMLINK")
PLUGIN = ("openvino/libs/libopenvino_intel_cpu_plugin.so", "/w/plugin.so", "BINARY")
IMPORTS = {CODEC[0]: {"libtiff.so.6"}, TIFF[0]: {"libzstd.so.1"}, AVIF[0]: {"libaom.so.3"}}


def test_libraries_are_kept_as_far_as_something_kept_links_with_them() -> None:
    kept = needed.linked([CODEC, TIFF, ZSTD, AVIF, AOM, PLUGIN], IMPORTS)
    assert kept == [CODEC, TIFF, ZSTD, PLUGIN]


def test_a_link_is_kept_with_what_it_leads_to() -> None:
    assert needed.live([CODEC, TIFF, LINK, DEAD]) == [CODEC, TIFF, LINK]


def test_every_migration_is_named() -> None:
    from installers.program import ROOT

    scripts = list((ROOT / "cxr_viewer" / "store" / "migrations" / "versions").glob("revision_*.py"))
    assert len([name for name in needed.migrations(ROOT) if ".revision_" in name]) == len(scripts) > 0
