"""The tasks, each in a file of its own: all that differs between them stands there.

In ``muscle_force``, EMG is the input and joint angles and muscle forces are the targets. In
``deep_emg``, motion and load are the inputs, and the targets are the normalised envelope of every
muscle, also of those that no electrode reaches, and the joint's moment.
"""

from __future__ import annotations

from myopinn.dataset.tasks.deep_emg import DeepEmg
from myopinn.dataset.tasks.muscle_force import MuscleForce
from myopinn.dataset.tasks.task import Task

MUSCLE_FORCE: Task = MuscleForce()
DEEP_EMG: Task = DeepEmg()
TASKS = {task.name: task for task in (MUSCLE_FORCE, DEEP_EMG)}
