"""Write some runs from one process of several: `python write_runs.py STORE NUMBER RUNS`."""

import sys
from pathlib import Path

from myopinn.tracking.diary import Diary, runs_of

CURVE_EPOCHS = 50


def main(store, number, runs):
    with runs_of(Path(store).with_name(f"result{number}"), store) as folder:
        diary = Diary(folder, "muscle_force", {"process": number}, {})
        for count in range(runs):
            with diary.run(f"{number} {count}", {"count": count}) as run:
                run.metrics["error"] = float(count)
                run.curve = [{"epoch": k, "stop/loss": 1.0 / (k + 1)} for k in range(CURVE_EPOCHS)]
                (run.folder / "loss_curve.csv").write_text(f"{number},{count}\n")
            print(run.id, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
