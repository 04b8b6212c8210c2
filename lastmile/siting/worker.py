"""The program of a worker process: reads jobs, solves them exactly, writes answers.

Run as a script of its own, never imported by the package: the solver library stays out of
the planner's process, and the process can be killed at any moment without harm.
"""

from __future__ import annotations

import os
import pickle
import signal
import struct
import sys
import threading
import time
from itertools import pairwise
from typing import Any, BinaryIO

import numpy as np
from ortools.sat.python import cp_model


def _cover_model(job: dict[str, Any]) -> tuple[cp_model.CpModel, list[cp_model.IntVar]]:
    """Cheapest subset of columns that covers each row and costs less than the incumbent."""
    model = cp_model.CpModel()
    columns = [model.new_bool_var("") for _ in range(job["cost"].size)]
    ptr, index = job["row_ptr"].tolist(), job["row_col"].tolist()
    for start, end in pairwise(ptr):
        model.add_bool_or([columns[j] for j in index[start:end]])
    cost = cp_model.LinearExpr.weighted_sum(columns, job["cost"].tolist())
    model.add_linear_constraint(cost, job["bound"], job["incumbent"] - 1)
    model.minimize(cost)
    return model, columns


def _demand_model(job: dict[str, Any]) -> tuple[cp_model.CpModel, list[cp_model.IntVar]]:
    """Most demand within p and budget, or least cost at which the need is covered."""
    model = cp_model.CpModel()
    columns = [model.new_bool_var("") for _ in range(job["cost"].size)]
    rows = [model.new_bool_var("") for _ in range(job["weight"].size)]
    ptr, index = job["row_ptr"].tolist(), job["row_col"].tolist()
    for i, row in enumerate(rows):
        model.add_bool_or([columns[j] for j in index[ptr[i] : ptr[i + 1]]] + [row.negated()])
    cost = cp_model.LinearExpr.weighted_sum(columns, job["cost"].tolist())
    covered = cp_model.LinearExpr.weighted_sum(rows, job["weight"].tolist())
    if job["kind"] == "shares":
        for group, need in enumerate(job["needs"].tolist()):
            of_group = np.flatnonzero(job["group"] == group).tolist()
            weights = job["weight"][of_group].tolist()
            chosen = [rows[i] for i in of_group]
            model.add(cp_model.LinearExpr.weighted_sum(chosen, weights) >= need)
    if job["need"] is not None:
        model.add(covered >= job["need"])
    if job["need"] is not None or job["kind"] == "shares":
        model.add_linear_constraint(cost, job["bound"], job["incumbent"] - 1)
        model.minimize(cost)
        return model, columns
    if job["p"] is not None:
        model.add(sum(columns) <= job["p"])
    if job["budget"] is not None:
        model.add(cost <= job["budget"])
    model.add_linear_constraint(covered, job["incumbent"] + 1, job["bound"])
    model.maximize(covered)
    return model, columns


def solve(job: dict[str, Any]) -> dict[str, Any]:
    """Look for something better than the incumbent, or prove that there is nothing."""
    model, columns = (_cover_model if job["kind"] == "cover" else _demand_model)(job)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    # Its defaults bound covers hopelessly: level 2 brings in the linear relaxation.
    solver.parameters.linearization_level = 2
    solver.parameters.random_seed = 1
    solver.parameters.max_deterministic_time = job["work"]
    solver.parameters.max_time_in_seconds = job["seconds"]
    status = solver.solve(model)
    chosen = None
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        chosen = np.array([solver.boolean_value(x) for x in columns], np.bool_)
    return {
        "chosen": chosen,
        "bound": None if status == cp_model.MODEL_INVALID else _bound(job, status, solver),
        "optimal": status == cp_model.OPTIMAL,
    }


def _bound(
    job: dict[str, Any], status: cp_model.CpSolverStatus, solver: cp_model.CpSolver
) -> float:
    """Proven bound; what was known before, where the search was cut before it had one.

    A search cut during its presolve reports the bound 0, whatever is asked: for the most
    demand that would prove any plan optimal.
    """
    if status == cp_model.INFEASIBLE:
        return float(job["incumbent"])
    found = float(solver.best_objective_bound)
    if status == cp_model.OPTIMAL:
        return found
    maximised = job["kind"] == "demand" and job["need"] is None
    best = solver.objective_value if status == cp_model.FEASIBLE else job["incumbent"]
    if maximised:
        return min(found, job["bound"]) if found > best else float(job["bound"])
    return max(found, job["bound"]) if found < best else float(job["bound"])


def _read(stream: BinaryIO) -> dict[str, Any] | None:
    head = stream.read(8)
    if len(head) < 8:  # noqa: PLR2004 - bytes of the length
        return None
    message: dict[str, Any] = pickle.loads(stream.read(*struct.unpack("<Q", head)))  # noqa: S301 - from our parent
    return message


def _die_with(parent: int) -> None:
    """End when the parent was killed, which closes no pipe while a job is being solved."""
    while os.getppid() == parent:
        time.sleep(1.0)
    os._exit(1)


def main() -> None:
    """Serve jobs until the parent closes the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_die_with, args=(os.getppid(),), daemon=True).start()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what the solver prints must not mix with the answers
    while (job := _read(sys.stdin.buffer)) is not None:
        body = pickle.dumps(solve(job))
        answers.write(struct.pack("<Q", len(body)) + body)
        answers.flush()


if __name__ == "__main__":
    main()
