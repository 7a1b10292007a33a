"""Databases that score tables: DuckDB and SQLite in this process, PostgreSQL where it is installed."""

from __future__ import annotations

import os
import pwd
import shutil
import sqlite3
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import pytest


def duckdb_scores(data, query):
    """The prediction column of a query over `data` as table t."""
    duckdb = pytest.importorskip("duckdb")
    connection = duckdb.connect()
    connection.register("t", data)
    found = connection.execute(f"SELECT prediction FROM ({query}) AS s").fetchnumpy()["prediction"]
    return np.ma.filled(np.ma.asarray(found).astype(float), np.nan)


def sqlite_scores(data, query):
    """The same in SQLite."""
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("SELECT exp(ln(power(2.0, 2.0)))")
    except sqlite3.OperationalError:
        pytest.skip("this SQLite was built without mathematical functions")
    data.to_sql("t", connection, index=False)
    return np.array(
        [row[0] for row in connection.execute(f"SELECT prediction FROM ({query}) AS s")], dtype=float
    )


class Postgres:
    """A server of its own in a folder, reached through a socket there."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp())  # other users must be able to reach it
        self.user = self._user()
        self.programs = {name: self._program(name) for name in ("initdb", "pg_ctl", "psql")}
        if self.user is not None:
            shutil.chown(self.folder, self.user)
            os.chmod(self.folder, 0o755)
        data = str(self.folder / "data")
        self.run("initdb", "-D", data, "-A", "trust", "-U", "tester", "-E", "UTF8", "--no-sync")
        options = f"-c listen_addresses='' -c unix_socket_directories='{self.folder}' -c fsync=off"
        self.run("pg_ctl", "-D", data, "-l", str(self.folder / "log"), "-w", "-o", options, "start")

    @staticmethod
    def _user():
        if os.geteuid() != 0:
            return None
        try:
            return pwd.getpwnam("postgres").pw_name
        except KeyError:
            pytest.skip("PostgreSQL does not run as root, and there is no user 'postgres'")

    @staticmethod
    def _program(name):
        places = [*map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin"))), os.environ.get("PATH", "")]
        found = shutil.which(name, path=os.pathsep.join(places))
        if found is None:
            pytest.skip("PostgreSQL is not installed")
        return found

    def run(self, program, *arguments, text=None):
        done = subprocess.run(
            [self.programs[program], *arguments],
            input=text,
            capture_output=program == "psql",
            stdout=None if program == "psql" else subprocess.DEVNULL,
            text=True,
            user=self.user,
            cwd="/",
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def stop(self):
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "stop")
        shutil.rmtree(self.folder)

    def scores(self, data, query):
        """The prediction column of a query over `data` as table t."""
        columns = ", ".join(f"{quoted(name)} {kind(data[name])}" for name in data.columns)
        header = f"DROP TABLE IF EXISTS t;\nCREATE TABLE t (rownumber_ int, {columns});\n"
        rows = data.assign(rownumber_=range(len(data)))[["rownumber_", *data.columns]]
        lines = "".join("\t".join(map(copied, row)) + "\n" for row in rows.itertuples(index=False))
        order = f"SELECT prediction FROM ({query}) AS s ORDER BY rownumber_;\n"
        script = f"{header}\\copy t from pstdin\n{order}"
        file = self.folder / "script.sql"
        file.write_text(script, encoding="utf-8")
        os.chmod(file, 0o644)
        where = ("-h", str(self.folder), "-U", "tester", "-d", "postgres", "-qAtX", "-v", "ON_ERROR_STOP=1")
        out = self.run("psql", *where, "-P", "null=nan", "-f", str(file), text=lines)
        return np.array([float(line) for line in out.split()])


def quoted(name):
    """A column's name."""
    return '"' + str(name).replace('"', '""') + '"'


def kind(column):
    """The type of a column's values."""
    if column.dtype.kind == "b":
        return "boolean"
    return {"f": "double precision", "i": "bigint"}.get(column.dtype.kind, "text")


def copied(value):
    """A value as COPY reads it."""
    if value is None or value != value:
        return r"\N"
    escapes = {"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"}
    return str(value).translate(str.maketrans(escapes))
