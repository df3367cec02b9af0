"""Body requests: users' model files in, files for making rigs out."""

from pathlib import Path

from ..each_input import Outcome, Work
from ..outputs import OutputFolder
from ..report import PartReport
from .rig_file import write_rig_file
from .smpl_files import load_smpl_file


def body_work(output: OutputFolder) -> Work:
    """Work that reads a model and writes `<stem>_body.npz`.

    Args:
        output: where to.
    """

    def work(path: str, report: PartReport) -> Outcome:
        name = Path(path).name
        report.progress(0.1, f"Loading {name}")
        target = output.folder / f"{output.stem_for(path)}_body.npz"
        write_rig_file(target, load_smpl_file(Path(path)))
        report.progress(1.0, f"{name} is loaded")
        return Outcome(1, [target])

    return work
