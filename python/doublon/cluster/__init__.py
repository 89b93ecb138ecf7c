"""Removes duplicate documents on many machines: one program for Apache Spark and for Sail.

`python -m doublon.cluster INPUT --out OUTPUT` keeps and removes the same documents as `doublon clean`.
It uses no more than DataFrames and `mapInArrow`, so that it runs through Spark Connect.

Files: `sources` finds files, cuts them into splits and reads them; `tasks` is what runs on executors; `job` is the plan.
"""

from doublon.cluster.job import Job, Outcome

__all__ = ["Job", "Outcome"]
