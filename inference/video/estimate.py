"""Photos and clips to body motions: observe, solve every person, say what is weak.

Conventions: meters, y up, on the ground; camera from world with OpenCV axes; source px.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np

from ...core.body_motion import BodyMotion
from ...core.camera import AnyCamera, Camera, CameraPath
from ...core.errors import Sketch2PoseError
from ...core.filmed_camera import read_camera
from ..body.model import BodyModel, load_default_body
from ..devices import Session
from ..importers.keypoint_files import is_keypoint_path
from ..pictures.page import Page
from ..protocol.requests import PhotoOptions, VideoOptions
from ..report import PartReport, Report, TimedReport
from .clips.clip import Clip, refused
from .clips.exif_lens import FULL_FRAME
from .observing.detector import detect_people
from .observing.hand_landmarks import HandReader, HandTrack, hand_track
from .observing.keypoint_clip import observed_keypoints
from .observing.landmarker import read_landmarks
from .observing.landmarks import Landmarks, Track
from .observing.observation import Observation, PersonSeen
from .observing.observation_cache import ObservationCache, observation_key
from .observing.observe import Watch, observe
from .observing.tracking import LEAST_PRESENCE, Tracker
from .solving.background_solver import Helper, Prepare, SolvingAhead
from .solving.confidence import FILLED, WEAK
from .solving.hand_pose import fingers_over_time, with_hands
from .solving.initial_track import every_frame
from .solving.known_camera import doubts_about, known_lens
from .solving.lifter import TemporalLifter
from .solving.multi_person import in_one_world
from .solving.person import PersonSolver, Solved
from .solving.solve_windows import Done

USUAL_LENS = 31.0  # mm on full frame: what phones film with, when nothing says otherwise
OBSERVED = 0.85  # share of the progress when everybody is observed
SHORTEST = 0.2  # s; people seen for less are left out, unless all were
SEEN_SHARE = 0.3  # of the frames from first to last; below, two people or none were taken for one


class VideoEstimator:
    """Reads photos and clips of people. Keep one: the networks stay loaded."""

    def __init__(
        self,
        detector: Session,
        landmarker: Session,
        body: BodyModel | None = None,
        hands: Session | None = None,
        networks: str = "",
        lifter: Session | None = None,
        helper: Helper | None = None,
    ) -> None:
        """Make an estimator.

        Args:
            detector: finds people.
            landmarker: reads their landmarks.
            body: whose proportions people get.
            hands: reads hands; None leaves fingers out.
            networks: which networks these are; kept observations of others are not used.
            lifter: the temporal lifter; None leaves depths to the landmarks.
            helper: solves while a clip is watched, on the default body; None solves afterwards.
        """
        self.detector, self.landmarker = detector, landmarker
        self.hands, self.networks, self.helper = hands, networks, helper
        said = TemporalLifter(lifter) if lifter is not None else None
        self.solver = PersonSolver(body or load_default_body(), said)

    def estimate_clip(self, path: str, options: VideoOptions, report: Report) -> list[BodyMotion]:
        """The motion of every person of a clip, in order of appearance.

        Args:
            path: the clip, or keypoints of one (`keypoint_clip`).
            options: part, lens and more.
            report: progress, warnings, cancel.

        Returns:
            One motion for each person, all in one world; `frame_index` are frames of the file.

        Raises:
            Sketch2PoseError: the clip or its camera cannot be read, or nobody is in it.
        """
        done = Done[Solved]()
        camera = read_camera(options.camera) if options.camera else None
        with SolvingAhead(self.helper, _prepared_by(options, camera), done) as ahead:
            watching = PartReport(report, 0.0, OBSERVED)
            seen = self.observed(path, options, watching, ahead.look)
        for sentence in seen.warnings:
            report.warn(sentence)
        people = long_enough(seen, Path(path).name, report)
        part = TimedReport(report, OBSERVED, 1.0)
        motions: list[BodyMotion] = []
        for number, person in enumerate(people):
            if motions and report.enough():
                report.warn(f"{len(people) - number} people were not solved: stopped on request.")
                break
            part.progress(number / len(people), f"Solving person {number + 1} of {len(people)}")
            motion = self._solved(person, options, seen, part, camera, done)
            _warn_of_weak_frames(motion, number, report)
            motions.append(motion)
        if camera is None:
            return in_one_world(motions, self.solver.body)
        for sentence in doubts_about(camera, motions, seen.framerate * options.trim.step):
            report.warn(sentence)
        return motions

    def observed(
        self, path: str, options: VideoOptions, report: Report, watch: Watch | None = None
    ) -> Observation:
        """Who is seen in a clip, from the cache when it was looked at before.

        Args:
            path: as of `estimate_clip`.
            options: as of `estimate_clip`.
            report: as of `estimate_clip`.
            watch: is shown the people after every frame that is looked at.
        """
        if is_keypoint_path(Path(path)):
            return observed_keypoints(Path(path), options, self.solver.body, report)
        cache = ObservationCache(Path(options.cache)) if options.cache else None
        key = self._key(path, options) if cache else ""
        found = cache.find(key) if cache and key else None
        if found is not None:
            report.progress(1.0, "Using the stored detections of this clip")
            return found
        with Clip(path, options.trim, options.framerate) as clip:
            tracker = Tracker(self.detector, self.landmarker, clip.framerate / options.trim.step)
            hands = HandReader(self.hands) if self.hands and options.hands else None
            seen = observe(clip, tracker, hands, TimedReport(report, 0.0, 1.0), watch)
        if cache and key:
            cache.keep(key, seen)
        return seen

    def _key(self, path: str, options: VideoOptions) -> str:
        """Name of the clip's observations; empty when it cannot be read (and will say so)."""
        trim = options.trim
        how = {
            "networks": self.networks,
            "part": [trim.start, trim.end, trim.step, trim.first, trim.count],
            "hands": options.hands,
            "framerate": options.framerate,
        }
        try:
            return observation_key(Path(path), how)
        except OSError:
            return ""

    def _solved(
        self,
        person: PersonSeen,
        options: VideoOptions,
        seen: Observation,
        report: Report,
        camera: CameraPath | None = None,
        done: Done[Solved] | None = None,
    ) -> BodyMotion:
        step, rate, size = options.trim.step, seen.framerate, seen.image_size
        track, lens = track_and_lens(person, options, camera, rate, size)
        motion = self.solver.solve(track, step, rate, lens, size, report.check, done)
        return with_fingers(motion, person, step) if person.hands else motion

    def estimate_photo(self, page: Page, options: PhotoOptions, report: Report) -> list[BodyMotion]:
        """The pose of every person of a photo, left to right.

        Args:
            page: the picture.
            options: the lens.
            report: progress, warnings, cancel.

        Returns:
            One still for each person, all in one world.

        Raises:
            Sketch2PoseError: it has no pixels (strokes), or nobody was found.
        """
        report.progress(0.05, "Looking for people")
        people = self.people_of_photo(page, options, report)
        if not people:
            raise nobody(page.name)
        still = Observation(tuple(people), 24.0, page.image_size, 1)
        alone = VideoOptions(lens=options.lens)
        motions = []
        for number, person in enumerate(people):
            report.progress(0.3 + 0.7 * number / len(people), f"Solving person {number + 1}")
            motions.append(self._solved(person, alone, still, report))
        return in_one_world(motions, self.solver.body)

    def people_of_photo(
        self, page: Page, options: PhotoOptions, report: Report
    ) -> list[PersonSeen]:
        """Who is seen in a photo, left to right; see `estimate_photo`."""
        if page.color is None:
            raise Sketch2PoseError(
                f'"{page.name}" is not a photo', "it consists of strokes",
                "Use it as a drawing", "image.strokes",
            )  # fmt: skip
        reader = HandReader(self.hands) if self.hands and options.hands else None
        people = []
        for detection in detect_people(self.detector, page.color):
            report.check()
            output = read_landmarks(self.landmarker, page.color, detection.region)
            if output.presence >= LEAST_PRESENCE:
                people.append(_still(output.landmarks, page, reader))
        return sorted(people, key=lambda person: float(person.track.points[0, :, 0].mean()))


def long_enough(seen: Observation, name: str, report: Report) -> list[PersonSeen]:
    """People seen long enough to be followed; when nobody was, the one seen longest.

    Raises:
        Sketch2PoseError: nobody was seen at all.
    """
    if not seen.people:
        raise nobody(name)
    least = max(min(SHORTEST * seen.framerate, seen.frame_count), 1)
    kept = [person for person in seen.people if len(person.track.frames) >= least]
    if not kept:
        kept = [max(seen.people, key=lambda person: len(person.track.frames))]
        count = len(kept[0].track.frames)
        report.warn(f"Nobody is seen for long: the best is {count} frames; check them.")
    elif len(kept) < len(seen.people):
        count = len(seen.people) - len(kept)
        report.warn(f"{count} seen for less than {SHORTEST} s of the clip: left out.")
    return _seen_mostly(kept, report)


def _seen_mostly(people: list[PersonSeen], report: Report) -> list[PersonSeen]:
    """Those who are more than glimpses with a long guess between; all when nobody is."""
    shares = [_seen_share(person.track.frames) for person in people]
    kept = [person for person, share in zip(people, shares, strict=True) if share >= SEEN_SHARE]
    if kept and len(kept) < len(people):
        count = len(people) - len(kept)
        report.warn(f"{count} seen in a few frames with long gaps between: left out.")
    return kept or people


def _seen_share(frames: np.ndarray) -> float:
    """Share of the frames from first to last in which somebody was seen, whatever the step."""
    if len(frames) < 2:
        return 1.0
    step = int(np.gcd.reduce(np.diff(frames)))
    return len(frames) / ((int(frames[-1]) - int(frames[0])) / step + 1)


def _prepared_by(options: VideoOptions, camera: CameraPath | None) -> Prepare:
    """What somebody in a clip that is still watched is solved from."""

    def prepare(person: PersonSeen, clip: Clip) -> tuple[Track, AnyCamera]:
        rate = clip.framerate / options.trim.step
        return track_and_lens(person, options, camera, rate, clip.image_size)

    return prepare


def track_and_lens(
    person: PersonSeen,
    options: VideoOptions,
    camera: CameraPath | None,
    framerate: float,
    image_size: tuple[int, int],
) -> tuple[Track, AnyCamera]:
    """What somebody is solved from.

    Args:
        person: as seen.
        options: lens and step.
        camera: how the camera moved, when that is known.
        framerate: of the pictures looked at, frames a second.
        image_size: px.
    """
    track = with_hands(person.track, person.hands) if person.hands else person.track
    if camera is None:
        return track, lens_of(image_size, options.lens)
    step = options.trim.step
    frames = np.arange(track.frames[0], track.frames[-1] + 1, step)
    return track, known_lens(camera, image_size, frames, framerate * step)


def with_fingers(motion: BodyMotion, person: PersonSeen, step: int) -> BodyMotion:
    """The motion with the rotations of its finger joints, when a hand was seen."""
    assert person.hands is not None
    fingers = fingers_over_time(
        without_gaps(person.hands, person.track, step), motion.mocap_framerate
    )
    if fingers is None:
        return motion
    return replace(motion, hands=fingers.rotations.astype(np.float32))


def without_gaps(hands: HandTrack, track: Track, step: int) -> HandTrack:
    """Hands of every frame; those of frames without a sight of the person are unseen."""
    rows = np.searchsorted(every_frame(track, step).frames, track.frames)
    count = (int(track.frames[-1]) - int(track.frames[0])) // step + 1

    def spread(values: np.ndarray) -> np.ndarray:
        whole = np.zeros((count, *values.shape[1:]))
        whole[rows] = values
        return whole

    return HandTrack(spread(hands.points), spread(hands.world), spread(hands.presence))


def nobody(name: str) -> Sketch2PoseError:
    """The error for a image or clip without people."""
    return refused(
        name,
        "nobody was found in it",
        "Choose one that shows whole people, not too small; for drawings use Pose from Drawing",
        "video.nobody",
    )


def lens_of(size: tuple[int, int], millimetres: float | None) -> Camera:
    """The camera of a picture of some size with a lens, mm on full frame; None = a phone's."""
    focal = (millimetres or USUAL_LENS) / FULL_FRAME * max(size)
    return Camera.at_origin(focal, np.array(size, np.float64) / 2, size)


def _still(person: Landmarks, page: Page, reader: HandReader | None) -> PersonSeen:
    track = Track(
        np.zeros(1, np.int64),
        person.points[None] / page.scale,
        person.world[None],
        person.visibility[None],
    )
    if reader is None or page.color is None:
        return PersonSeen(track)
    return PersonSeen(track, hand_track([reader.read(page.color, person, None)], page.scale))


def _warn_of_weak_frames(motion: BodyMotion, number: int, report: Report) -> None:
    assert motion.confidence is not None
    sure = motion.confidence.mean(axis=1)
    filled = int((sure <= FILLED + 1e-6).sum())
    weak = int((sure < WEAK).sum()) - filled
    if filled:
        report.warn(f"Person {number + 1}: {filled} frames without detections are filled in.")
    if weak:
        report.warn(f"Person {number + 1}: {weak} frames have low confidence; check them.")
