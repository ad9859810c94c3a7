"""Orders under lost sales beside the exact optima, and (s, S) beside the published cases and stockpyl.

    python -m bench.inventory --json

``zipkin``: the 32 cells of Zipkin's (2008) test bed; mean demand 5 a period, h = 1. ``optimal_cost`` is ours, by
dynamic programming, ``table_cost`` the published one. ``policy_cost`` is what ``order_under_lost_sales`` costs in the
long run, the function by which purchasing sizes an order: it is asked for an order in every state that it reaches, with
``--draws`` scenarios of demand, and the chain of these states is solved. The cost of such a rule is exact, so its
standard error is 0; what other scenarios would give is seen with ``--seed``. By default there are as many as purchasing
draws.

``s_s``: the 24 cases of Zheng and Federgruen (1991); milliseconds are the shortest of some calls. stockpyl is not a
dependency: put 1.0.2 on the path, or name a Python that has it by ``--peer``, to see the ratio.
"""

import argparse
import json
import subprocess
import sys
import time

import numpy as np
from numpy.typing import NDArray

from yunying.methods.inventory.demand_law import negative_binomial_law, poisson_law
from yunying.methods.inventory.lost_sales import LostSales, OrderRule, lost_sales_optimum, lost_sales_rule_cost
from yunying.methods.inventory.order_up_to import order_up_to
from yunying.methods.inventory.projected import order_under_lost_sales, stock_at_arrival
from yunying.practices.purchasing.policy import PurchasingPolicy

PENALTIES = (4, 9, 19, 39)
LEAD_TIMES = (1, 2, 3, 4)
TABLE = {
    "poisson": [
        [4.0407, 4.3953, 4.5987, 4.7285],
        [5.4382, 6.0936, 6.5314, 6.8359],
        [6.6757, 7.6644, 8.3625, 8.8872],
        [7.8359, 9.1064, 10.0385, 10.7944],
    ],
    "geometric": [
        [9.8175, 10.2402, 10.4667, 10.6065],
        [14.5082, 15.5029, 16.1367, 16.5774],
        [19.2179, 20.8906, 22.0645, 22.9530],
        [23.8657, 26.2138, 27.9635, 29.3559],
    ],
}
ZHENG_FEDERGRUEN = [
    # Poisson mean, s, S, cost; K = 64, h = 1, p = 9
    (10, 6, 40, 35.022), (15, 10, 49, 42.698), (20, 14, 62, 49.173), (25, 19, 56, 54.262), (30, 23, 66, 57.819),
    (35, 28, 77, 61.215), (40, 33, 87, 64.512), (45, 37, 97, 67.776), (50, 42, 108, 70.975), (55, 47, 118, 74.149),
    (60, 52, 129, 77.306), (65, 56, 75, 78.518), (70, 62, 81, 79.037), (75, 67, 86, 79.554), (21, 15, 65, 50.406),
    (22, 16, 68, 51.632), (23, 17, 52, 52.757), (24, 18, 54, 53.518), (51, 43, 110, 71.611), (52, 44, 112, 72.246),
    (59, 51, 126, 76.679), (61, 52, 131, 77.929), (63, 54, 73, 78.287), (64, 55, 74, 78.402),
]  # fmt: skip
STATES_AT_ONCE = 500
PEER = """
import json, sys, time
import stockpyl
from stockpyl.ss import s_s_discrete_exact
took = []
for mean in json.loads(sys.argv[1]):
    start = time.perf_counter()
    s_s_discrete_exact(1, 9, 64, True, mean)
    took.append(time.perf_counter() - start)
print(json.dumps(took))
"""


def scenario_rule(system: LostSales, draws: int, rng: np.random.Generator) -> OrderRule:
    """Orders of ``order_under_lost_sales``, every state with the same draws of demand."""
    lead = system.lead_time
    paths = rng.choice(len(system.law), p=system.law, size=(draws, lead + 1)).astype(float)
    ratio = system.lost_sale_cost / (system.lost_sale_cost + system.holding_cost)

    def some(states: NDArray[np.float64]) -> NDArray[np.float64]:
        n = len(states)
        arriving = np.column_stack([states[:, 1:], np.zeros(n)])
        stock = stock_at_arrival(states[:, 0], arriving, np.broadcast_to(paths[:, :lead], (n, draws, lead)))
        cover = np.broadcast_to(paths[:, lead], (n, draws))
        return order_under_lost_sales(stock, cover, np.full(n, ratio), np.full(n, float(lead)))

    def rule(states: NDArray[np.int64]) -> NDArray[np.int64]:
        parts = [some(states[at : at + STATES_AT_ONCE].astype(float)) for at in range(0, len(states), STATES_AT_ONCE)]
        return np.concatenate(parts).astype(np.int64)

    return rule


def zipkin_cells(draws: int, seed: int) -> list[dict[str, object]]:
    """Each cell of the test bed: table, optimum, and the cost of what decide calls."""
    laws = {"poisson": poisson_law(5.0), "geometric": negative_binomial_law(5.0, 30.0)}
    cells: list[dict[str, object]] = []
    for demand, rows in TABLE.items():
        for penalty, row in zip(PENALTIES, rows, strict=True):
            for lead_time, table_cost in zip(LEAD_TIMES, row, strict=True):
                start = time.perf_counter()
                system = LostSales(laws[demand], lead_time, 1.0, penalty)
                optimal = lost_sales_optimum(system).cost
                seconds = time.perf_counter() - start
                cost = lost_sales_rule_cost(system, scenario_rule(system, draws, np.random.default_rng(seed)))
                cells.append({
                    "demand": demand, "penalty": penalty, "lead_time": lead_time, "table_cost": table_cost,
                    "optimal_cost": round(optimal, 4), "policy_cost": round(cost, 4), "standard_error": 0.0,
                    "gap_rate": round(cost / optimal - 1, 5), "optimum_seconds": round(seconds, 2),
                })  # fmt: skip
    return cells


def s_s_cases(repeats: int, peer_seconds: list[float] | None) -> list[dict[str, object]]:
    """Each case of Zheng and Federgruen with its time, and how many times longer stockpyl takes."""
    cases: list[dict[str, object]] = []
    for at, (mean, point, level, cost) in enumerate(ZHENG_FEDERGRUEN):
        took = []
        for _ in range(repeats):
            start = time.perf_counter()
            found = order_up_to(poisson_law(mean), fixed_cost=64, holding_cost=1, backorder_cost=9)
            took.append(time.perf_counter() - start)
        seconds = min(took)
        is_same = (found.reorder_point, found.order_up_to_level) == (point, level) and abs(found.cost - cost) < 5.1e-4
        cases.append({
            "mean": mean, "s": found.reorder_point, "S": found.order_up_to_level, "cost": round(found.cost, 6),
            "table_cost": cost, "is_published": is_same, "milliseconds": round(1000 * seconds, 3),
            "stockpyl_ratio": None if peer_seconds is None else round(peer_seconds[at] / seconds, 1),
        })  # fmt: skip
    return cases


def stockpyl_seconds(python: str) -> list[float] | None:
    """Seconds that stockpyl takes for each case, or None where that Python does not have it."""
    means = json.dumps([case[0] for case in ZHENG_FEDERGRUEN])
    found = subprocess.run([python, "-W", "ignore", "-c", PEER, means], capture_output=True, text=True)
    return json.loads(found.stdout) if found.returncode == 0 else None


def main() -> None:
    """Run the bench from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--draws", type=int, default=PurchasingPolicy().draws, help="scenarios that an order is sized on"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--peer", default=sys.executable, help="a Python that has stockpyl")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    cells = zipkin_cells(options.draws, options.seed)
    peer = stockpyl_seconds(options.peer)
    cases = s_s_cases(options.repeats, peer)
    gaps = np.array([cell["gap_rate"] for cell in cells], dtype=float)
    off = max(abs(float(str(cell["optimal_cost"])) - float(str(cell["table_cost"]))) for cell in cells)
    summary = {
        "zipkin_worst_gap_rate": float(gaps.max()), "zipkin_mean_gap_rate": round(float(gaps.mean()), 5),
        "zipkin_worst_distance_from_table": round(off, 5), "s_s_published": sum(bool(c["is_published"]) for c in cases),
        "s_s_worst_milliseconds": max(float(str(case["milliseconds"])) for case in cases),
        "stockpyl": "missing: --peer names a Python that has it" if peer is None else "1.0.2 beside it",
        "draws": options.draws,
    }  # fmt: skip
    if options.json:
        print(json.dumps({"zipkin": cells, "s_s": cases, "summary": summary}))
        return
    for row in [*cells, *cases]:
        print(row)
    print(summary)


if __name__ == "__main__":
    main()
