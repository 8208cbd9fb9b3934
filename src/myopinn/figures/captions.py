"""What each figure of the report shows, and the sentences that its own numbers tell."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myopinn.figures.answers import tell_question, tell_ranks, tell_true_errors
from myopinn.figures.attention_numbers import tell_attention
from myopinn.figures.envelopes import tell_envelopes
from myopinn.figures.hidden_channels import tell_hidden_channels
from myopinn.figures.parameters import tell_parameters
from myopinn.figures.protocols import tell_protocols
from myopinn.figures.sentences import tell_losses, tell_motion, tell_quality
from myopinn.figures.style import PNG_DPI
from myopinn.files.tables import read_table

if TYPE_CHECKING:
    import pandas as pd

# What a figure shows, by the name of its file, in the order of the report.
CAPTIONS = {
    "stick_figure": "One of the virtual people over one cycle: bones grey, muscles coloured by "
    "their true activation.",
    "quality": "Marker error of every trial of inverse kinematics against its bound, and the "
    "trials that were accepted or left out, by step.",
    "motion": "EMG envelopes, joint angles and moments (inverse kinematics and dynamics) and "
    "estimated muscle forces over the cycle: mean and SD over subjects per condition. Compare "
    "angles and moments of walking with the literature before trusting anything built on them.",
    "truth": "What the analysis recovered of virtual people against their truth: mean and SD over "
    "subjects. The analysis never opens the truth and uses another muscle model than the one that "
    "made it. Excitations are held against EMG envelopes.",
    "predictions": "Predicted and reference curves of trials that no fit had seen: mean and SD "
    "over subjects, and each subject's mean.",
    "envelopes": "Envelopes of measured and deep muscles and the joint's moment over the cycle, by "
    "condition: what was recorded (of deep muscles: what electrodes would have recorded, from the "
    "truth of virtual people) and what is predicted for trials that no fit had seen.",
    "errors": "RMSE of every subject for each variant. Targets of one unit share their axis.",
    "correlation": "Pearson's r of every subject for each variant.",
    "normalised_errors": "RMSE of every subject divided by the SD of the reference.",
    "amplitude": "SD of the prediction over that of the reference; 1 is right.",
    "partial_correlation": "Correlation with the reference once the measured agonists' EMG is "
    "taken out of both; a copy of the agonists has 0.",
    "critical_difference": "Critical-difference diagram (Demšar 2006, JMLR 7:1). Within each "
    "subject the variants are ranked by RMSE at each target that all of them have, the ranks are "
    "averaged over targets and ranked again. Bars join variants whose mean ranks do not differ by "
    "Nemenyi's criterion, the largest difference of two mean ranks, with its null distribution "
    "from random orders within subjects. Being joined, or not tested, does not show that variants "
    "are equal.",
    "true_errors": "RMSE of every subject against OpenSim's estimate, on which the variants were "
    "trained, and against the truth of the virtual people, which the evaluation alone has seen. "
    "Band: the error of OpenSim's estimate itself; no method can be judged below it by its labels.",
    "parameters": "Muscle parameters of people: error of the generic and of the learned values "
    "against the truth, and how far fits with other seeds and other trials disagree.",
    "protocols": "What different sets of recordings leave open, before anything is fitted "
    "(Laplace's approximation about the model's start): the size of each deep muscle's excitation "
    "in the movements that are asked for, by the prior alone and with the recordings, and how many "
    "combinations of a person's parameters the recordings tell better than the prior.",
    "attention": "Attention over time: from which frames of the cycle (across) each frame (up) is "
    "answered, for each network that has attention; mean over heads, layers, tested cycles and "
    "fits, then over subjects. Beside it the frames looked at, whichever is asked, with the "
    "interval over subjects; the entropy of attention, taken of each head before any mean (1 is "
    "uniform, 0 one frame alone); and the mean distance between frames asked and looked at. Where "
    "attention looks does not show that the answer hangs on it: each frame's own inputs reach its "
    "answer besides.",
    "losses": "Terms of the loss during training, every fit and the median over fits. Lines "
    "across: what the labels themselves and the mean cycle leave of each term.",
}
ORDER = tuple(CAPTIONS)
HIDDEN_CHANNELS = "hidden_channels"
HIDDEN_CAPTION = (
    "Each measured muscle, hidden from every method in turn and held against its own recorded "
    "envelope in trials that no fit had seen. Grey lines: a perfect answer, or no skill. Hollow "
    "markers at an edge lie beyond it. A skill is 1 − MSE / MSE of a rival from which the same "
    "channel was hidden."
)
HIDDEN_ENVELOPES_CAPTION = (
    "Envelopes of the hidden muscles over the cycle, recorded and predicted, by condition; each "
    "row is of fits that had not this muscle's channel."
)
QUESTION_CAPTION = (
    "RMSE on trials that no fit had seen for each level: every subject, and the mean with its "
    "bootstrap interval over subjects."
)
SKILL_FIGURE = "skill_over_"
# Figures whose sentences come from the numbers beside them alone.
TELLERS: dict[str, Callable[[pd.DataFrame], list[str]]] = {
    "quality": tell_quality,
    "motion": tell_motion,
    "losses": tell_losses,
    "critical_difference": tell_ranks,
    "true_errors": tell_true_errors,
    "envelopes": tell_envelopes,
    "parameters": tell_parameters,
    "protocols": tell_protocols,
    "attention": tell_attention,
}
# What a question's figure of identified parameters is called after its split.
OF_PARAMETERS = "_parameters"
# And the figure of the envelopes of hidden channels.
OF_ENVELOPES = "_envelopes"
# Pixels of the page per inch of a figure, at which its text is as large as the page's.
SHOWN_DPI = 130


def describe_figure(
    png: Path, questions: Mapping[tuple[str, ...], Mapping[str, str]] | None = None
) -> dict[str, Any]:
    """Give a figure's place (the folders below ``figures``), image, caption and sentences.

    Parameters
    ----------
    png : path
        ``figures/<place>/<name>.png`` with its CSV beside it.
    questions : mapping of (task, question) to texts
        A figure in ``<task>/<question>/<recording>`` answers that question; its name is the split.
        The texts say by recording what its levels differ in.

    Returns
    -------
    dict
        ``name``, ``place``, ``question`` (empty where it answers none), ``image``, ``width``,
        ``caption``, ``sentences`` and ``files``.
    """
    place = png.parts[len(png.parts) - 1 - png.parts[::-1].index("figures") + 1 : -1]
    questions = questions or {}
    question = place[1] if place[:2] in questions else ""
    drawn = read_table(png.with_suffix(".csv"))
    image = png.read_bytes()
    # The width in pixels stands at byte 16 of every PNG file.
    width_px = int.from_bytes(image[16:20], "big")
    teller = tell_question if question else TELLERS.get(png.stem)
    caption = CAPTIONS.get(png.stem, png.stem.replace("_", " ").capitalize() + ".")
    if png.stem.startswith(SKILL_FIGURE):
        rival = png.stem.removeprefix(SKILL_FIGURE)
        caption = (
            f"Skill of every subject, 1 − MSE / MSE of {rival}: above 0 it beats {rival}. An arrow "
            "stands for subjects whose skill lies beyond the axis."
        )
    if question == HIDDEN_CHANNELS:
        of_envelopes = png.stem.endswith(OF_ENVELOPES)
        caption = HIDDEN_ENVELOPES_CAPTION if of_envelopes else HIDDEN_CAPTION
        teller = None if of_envelopes else tell_hidden_channels
    elif question and png.stem.endswith(OF_PARAMETERS):
        caption, teller = CAPTIONS["parameters"], tell_parameters
    elif question:
        caption = f"{QUESTION_CAPTION} {questions[place[:2]][place[2]]}"
    return {
        "name": png.stem,
        "place": place,
        "question": question,
        "image": base64.b64encode(image).decode("ascii"),
        "width": round(width_px * SHOWN_DPI / PNG_DPI),
        "caption": caption,
        "sentences": teller(drawn) if teller and len(drawn) else [],
        "files": "/".join((*png.parts[-len(place) - 2 : -1], png.stem)),
    }


def ordered(figures: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put figures in the order of the report."""
    return sorted(
        figures, key=lambda f: ORDER.index(f["name"]) if f["name"] in ORDER else len(ORDER)
    )
