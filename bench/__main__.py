"""Run every bench at a size that a laptop bears: ``python -m bench``; each one's own help says how to enlarge it."""

import subprocess
import sys

BENCHES = {
    "import beside DuckDB": ["bench.import_orders"],
    "ten metrics beside SQL": ["bench.metrics", "--lines", "5000000"],
    "a plan for 10,000 products": ["bench.plan", "--products", "10000"],
    "a day of the loop": ["bench.loop", "--days", "30"],
    "measured effects beside the truth": ["bench.measurement", "--worlds", "30"],
    "purchasing beside three rules": ["bench.purchasing", "--seeds", "1"],
    "forecasts beside a plain LightGBM": ["bench.forecast", "--sets", "sim:demo"],
}

if __name__ == "__main__":
    for title, arguments in BENCHES.items():
        print(f"== {title}", flush=True)
        subprocess.run([sys.executable, "-m", *arguments], check=True)
