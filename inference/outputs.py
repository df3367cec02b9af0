"""Names and files of results: `<stem>.npz`, or `<stem>_pN.npz` and a list of the people."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..core.body_motion import BodyMotion, write_body_motion
from ..core.errors import Sketch2PoseError
from ..core.whole_file import write_whole

PEOPLE_FORMAT = "sketch2pose-people"
PEOPLE_VERSION = 1


@dataclass
class OutputFolder:
    """Folder of results that gives every input of a run its own stem."""

    folder: Path
    _taken: set[str] = field(default_factory=set)

    def stem_for(self, path: str | Path) -> str:
        """Stem of an input's results; inputs of the same name get -2, -3 and so on."""
        stem = Path(path).stem
        name, number = stem, 1
        while name.casefold() in self._taken:
            number += 1
            name = f"{stem}-{number}"
        self._taken.add(name.casefold())
        return name

    def write(self, stem: str, motions: Sequence[BodyMotion]) -> tuple[list[Path], Path | None]:
        """Write the people of one input.

        Args:
            stem: from `stem_for`.
            motions: one for each person, left to right.

        Returns:
            The files, and the list of people when there are several.

        Raises:
            Sketch2PoseError: a file cannot be written; those already written are removed.
        """
        several = len(motions) > 1
        files: list[Path] = []
        try:
            for number, motion in enumerate(motions):
                name = f"{stem}_p{number}.npz" if several else f"{stem}.npz"
                write_body_motion(self.folder / name, replace(motion, person_id=number))
                files.append(self.folder / name)
            return files, self._write_people(stem, motions, files) if several else None
        except BaseException:  # Ctrl-C as well
            for path in files:
                path.unlink(missing_ok=True)
            raise

    def _write_people(
        self, stem: str, motions: Sequence[BodyMotion], files: Sequence[Path]
    ) -> Path:
        people = [
            {"person_id": number, "file": path.name, "frames": motion.frame_count}
            for number, (motion, path) in enumerate(zip(motions, files, strict=True))
        ]
        document = {"format": PEOPLE_FORMAT, "version": PEOPLE_VERSION, "people": people}
        index = self.folder / f"{stem}_people.json"
        write_whole(index, json.dumps(document, indent=1).encode())
        return index


def open_output_folder(path: str | Path) -> OutputFolder:
    """The folder for results, made if it is not there.

    Args:
        path: the folder.

    Returns:
        The folder, empty of taken names.

    Raises:
        Sketch2PoseError: it cannot be made.
    """
    folder = Path(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Sketch2PoseError(
            f'The results cannot be written to "{folder}"',
            (error.strerror or "the system refused it").lower(),
            "Choose a folder where you may write",
            "output.folder",
        ) from error
    return OutputFolder(folder)
