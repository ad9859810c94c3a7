"""Purchasing on simulated stores against the minimum/maximum rule, tuned on the half year before: true profit.

    python -m bench.purchasing --worlds demo fashion grocery spare_parts export --seeds 3 --every 7 --json

Seeds start at ``--first-seed``; the defaults of the policy were looked at on seeds 11 to 15 and 101 to 103, so a fair
look takes others. The rule looks at its stock daily; purchasing plans every ``--every`` days.
"""

import argparse
import json
import time
from dataclasses import asdict

import numpy as np

from yunying.practices.manifest import practice_named
from yunying.practices.rivalry import rivalry
from yunying.sim.loading import load_settings, world_names

MIN_DAYS = (7.0, 14.0, 21.0, 30.0, 45.0, 60.0)
EXTRA_DAYS = (3.0, 7.0, 14.0, 30.0)


def main() -> None:
    """Run the bench from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", nargs="+", default=list(world_names()))
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--first-seed", type=int, default=1001)
    parser.add_argument("--every", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = []
    for world in options.worlds:
        for seed in range(options.first_seed, options.first_seed + options.seeds):
            start = time.perf_counter()
            found = rivalry(
                practice_named("purchasing"), load_settings(world), seed, before_days=200, days=182,
                every_days=options.every, min_days=MIN_DAYS, extra_days=EXTRA_DAYS,
            )  # fmt: skip
            rows.append({"world": world, "seed": seed, **asdict(found), "gain_rate": round(found.gain_rate, 4)})
            rows[-1]["seconds"] = round(time.perf_counter() - start, 1)
            if not options.json:
                print(f"{world} {seed}: {found.gain_rate:+.1%} against {found.rule}", flush=True)
    gains = np.array([row["gain_rate"] for row in rows])
    spread = float(gains.std(ddof=1) / np.sqrt(len(gains))) if len(gains) > 1 else None
    summary = {"mean_gain_rate": round(float(gains.mean()), 4), "standard_error": spread and round(spread, 4)}
    print(json.dumps({**summary, "stores": rows}) if options.json else summary)


if __name__ == "__main__":
    main()
