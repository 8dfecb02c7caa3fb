"""Decoding in child processes: results, limits, crashes, and nothing left behind."""

import gc
import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from cxr_viewer.dicom import decoding, pixels
from cxr_viewer.dicom.decoding import DecodingPool, DicomReadError
from cxr_viewer.dicom.pixel_header import DecodedInstance
from tests.cxr_viewer.dicom import child_behaviour
from tests.cxr_viewer.dicom.dicom_files import radiograph_pixels, write_dicom

posix_only = pytest.mark.skipif(os.name != "posix", reason="signals and memory limits are POSIX")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write_dicom(tmp_path / "image.dcm", radiograph_pixels(300, 200))


def shared_memory() -> set[str]:
    folder = Path("/dev/shm")
    prefix = f"cxr{os.getpid():x}"
    return {path.name for path in folder.glob(f"{prefix}*")} if folder.is_dir() else set()


def test_a_child_returns_what_this_process_decodes(file: Path) -> None:
    here = pixels.decode(file)
    with DecodingPool(1) as pool:
        there = pool.decode(file)
    assert there.key == here.key
    assert there.header.windows == here.header.windows
    assert there.pixels.dtype == here.pixels.dtype
    np.testing.assert_array_equal(there.pixels, here.pixels)
    assert shared_memory() == set()


def test_pixels_go_with_their_last_reference_and_leave_nothing_to_the_collector(file: Path) -> None:
    """Pixels that wait for a collection make memory grow while a reader pages."""
    with DecodingPool(1) as pool:
        pool.decode(file)
        gc.collect()
        gc.disable()
        try:
            for _ in range(3):
                pool.decode(file)
            # The pool's own threads may hold the very last answer a moment longer.
            # By type, for isinstance would ask every object of every library for its class.
            assert sum(type(known) is DecodedInstance for known in gc.get_objects()) <= 1
        finally:
            gc.enable()


def test_many_threads_share_a_pool(tmp_path: Path) -> None:
    paths = [write_dicom(tmp_path / f"{n}.dcm", radiograph_pixels(40 + n, 60)) for n in range(12)]
    with DecodingPool(2) as pool, ThreadPoolExecutor(4) as threads:
        pool.warm_up()
        shapes = [decoded.pixels.shape for decoded in threads.map(pool.decode, paths)]
    assert shapes == [(40 + n, 60) for n in range(12)]


def test_an_unreadable_file_is_an_error_in_words(tmp_path: Path) -> None:
    path = tmp_path / "page.dcm"
    path.write_text("<html><body>session expired</body></html>")
    with DecodingPool(1) as pool, pytest.raises(DicomReadError, match=r"could not be decoded: .*web page"):
        pool.decode(path)


def scheduled(pool: DecodingPool, function: Callable[..., object], *arguments: object) -> "Future[DecodedInstance]":
    """Let a child of the pool do something worse than any file that can be put into a test."""
    name = "" if os.name != "posix" else f"cxr{os.getpid():x}test"
    task = decoding._Task(function, (*arguments, name), lambda answer: decoding._decoded(name, answer))
    return pool._run(lambda: task)


def test_a_crash_is_an_error_and_leaves_no_shared_memory_and_the_pool_goes_on(file: Path) -> None:
    with DecodingPool(1) as pool:
        with pytest.raises(DicomReadError, match="the decoder crashed"):
            scheduled(pool, child_behaviour.crash_with_memory).result(60)
        assert shared_memory() == set()
        assert pool.decode(file).pixels.shape == (300, 200)


def test_a_decoder_that_does_not_finish_is_stopped(file: Path) -> None:
    with DecodingPool(1, timeout_s=0.5) as pool:
        started = time.monotonic()
        with pytest.raises(DicomReadError, match=r"did not finish within 0\.5 seconds"):
            scheduled(pool, child_behaviour.never_finish).result(60)
        assert time.monotonic() - started < 20
        assert pool.decode(file).pixels.shape == (300, 200)


@posix_only
@pytest.mark.skipif(sys.platform == "darwin", reason="macOS does not enforce RLIMIT_AS")
def test_a_decoder_that_takes_too_much_memory_is_refused(file: Path) -> None:
    with DecodingPool(1, memory_limit_bytes=200 * 1024**2) as pool:
        with pytest.raises(DicomReadError, match="more than 200 MB of memory"):
            scheduled(pool, child_behaviour.take_memory, 400 * 1024**2).result(60)
        assert pool.decode(file).pixels.shape == (300, 200)


def test_a_child_has_neither_qt_nor_torch_nor_the_main_module() -> None:
    with DecodingPool(1) as pool:
        modules = pool.call(child_behaviour.loaded_modules).result(60)
    assert "cxr_viewer.dicom.pixels" in modules
    assert not {name for name in modules if name.split(".")[0] in ("PySide6", "torch", "pytest", "openvino")}


def test_other_work_is_done_under_the_same_limits_and_its_errors_are_words(file: Path) -> None:
    with DecodingPool(1, timeout_s=0.5) as pool:
        assert pool.call(sum, [1, 2, 3]).result(60) == 6
        for function, words in (
            (child_behaviour.crash_with_memory, "the decoder crashed"),
            (child_behaviour.never_finish, "did not finish within"),
            (child_behaviour.lose_the_thread, r"the decoder failed \(LookupError\)"),
        ):
            with pytest.raises(DicomReadError, match=words):
                pool.call(function, "").result(60)
        assert pool.decode(file).pixels.shape == (300, 200)


@posix_only
def test_a_pool_whose_idle_children_were_killed_starts_new_ones(file: Path) -> None:
    with DecodingPool(2) as pool:
        pool.decode(file)
        for child in multiprocessing.active_children():
            child.kill()
        time.sleep(0.5)
        assert pool.decode(file).pixels.shape == (300, 200)


def test_closing_ends_what_is_waiting_and_refuses_what_comes(file: Path) -> None:
    pool = DecodingPool(1)
    futures = [pool.submit(file) for _ in range(5)]
    pool.close()
    pool.close()
    for future in futures:
        assert future.exception(10) is None or isinstance(future.exception(), DicomReadError)
    with pytest.raises(DicomReadError, match="closing"):
        pool.decode(file)
    assert shared_memory() == set()


def test_a_cancelled_future_leaves_nothing(file: Path) -> None:
    with DecodingPool(1) as pool:
        futures = [pool.submit(file) for _ in range(20)]
        cancelled = [future.cancel() for future in futures[5:]]
        assert any(cancelled)
        assert futures[0].result(60).pixels.shape == (300, 200)
        assert pool.decode(file).pixels.shape == (300, 200)
    assert shared_memory() == set()


def run_script(script: str, *arguments: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-W", "error", "-c", textwrap.dedent(script), *arguments]
    return subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True)


def test_a_program_that_ends_without_closing_leaves_no_warning(file: Path) -> None:
    script = """
        import sys
        from pathlib import Path
        from cxr_viewer.dicom.decoding import DecodingPool
        pool = DecodingPool(1)
        print(pool.decode(Path(sys.argv[1])).pixels.shape)
    """
    process = run_script(script, str(file))
    out, err = process.communicate(timeout=120)
    assert (process.returncode, out.strip(), err) == (0, "(300, 200)", "")


@posix_only
def test_control_c_and_a_killed_parent_end_children_silently(file: Path) -> None:
    script = """
        import multiprocessing, sys, time
        from pathlib import Path
        from cxr_viewer.dicom.decoding import DecodingPool
        pool = DecodingPool(2)
        pool.warm_up()
        try:
            print("started", flush=True)
            pool.decode(Path(sys.argv[1]))
            print(*(child.pid for child in multiprocessing.active_children()), flush=True)
            time.sleep(60)
        except KeyboardInterrupt:
            print("interrupted", flush=True)
            pool.close()
    """
    process = run_script(script, str(file))
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "started"
    # The children are importing now, which is when a signal hurts most.
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out.strip(), err) == (0, "interrupted", "")

    process = run_script(script, str(file))
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "started"
    orphans = [int(pid) for pid in process.stdout.readline().split()]
    assert len(orphans) == 2
    process.kill()
    process.communicate(timeout=60)
    deadline = time.monotonic() + 20
    while any(is_alive(pid) for pid in orphans) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [pid for pid in orphans if is_alive(pid)]


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits for its parent does not."""
    status = Path(f"/proc/{pid}/stat")
    try:
        os.kill(pid, 0)
        return not status.exists() or status.read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
