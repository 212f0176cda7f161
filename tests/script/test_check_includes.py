"""The include check finds what it is there to find."""
import pathlib
import subprocess

import pytest

CHECK = pathlib.Path(__file__).parents[2] / "script" / "check-includes"


def run(src):
    return subprocess.run([CHECK, src], capture_output=True, text=True)


def tree(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


ALLOWED = {
    "base/result.h": "#include <tl/expected.hpp>\n#include <string>\n",
    "video/task.h": '#include "base/result.h"\n',
    "media/decode.cpp": '#include "video/task.h"\nextern "C" {\n#include <libavcodec/avcodec.h>\n}\n',
    "http/session.cpp": "#include <boost/asio.hpp>\nauto f() { co_await g(); }\n",
    "queue/sql/sql_queue.cpp": '#include "queue/sql/sql_queue.h"\n#include <soci/soci.h>\n',
    "storage/local/urls.cpp": '#include "signing/storage_url.h"\n',
    "transcode/work_test.cpp": '#include "queue/sql/sql_queue.h"\n#include <gtest/gtest.h>\n',
    "app/main.cpp": '#include "queue/sql/sql_queue.h"\n#include <CLI/CLI.hpp>\n#include <sys/stat.h>\n',
}


def test_what_the_table_allows_passes(tmp_path):
    result = run(tree(tmp_path, ALLOWED))
    assert (result.returncode, result.stdout) == (0, "includes: every folder keeps to the table\n")


@pytest.mark.parametrize("path, line, reason", [
    ("video/task.h", '#include "catalog/tasks.h"', "video/ may not include catalog/"),
    ("plan/plan.h", '#include "media/probe.h"', "plan/ may not include media/"),
    ("storage/object_store.h", '#include "signing/storage_url.h"', "storage/ may not include signing/"),
    ("http/router.cpp", '#include "video/task.h"', "http/ may not include video/"),
    ("library/routes.cpp", '#include "queue/sql/sql_queue.h"', "only app/ names a back end"),
    ("transcode/worker.cpp", '#include "app/config.h"', "app is included by nobody"),
    ("transcode/worker.cpp", "#include <libavcodec/avcodec.h>", "libavcodec belongs to media"),
    ("catalog/tasks.h", "#include <boost/asio.hpp>", "boost belongs to http"),
    ("base/log.cpp", "#include <gtest/gtest.h>", "only tests include the test framework"),
    ("base/log.cpp", "#include <zstd/zstd.h>", "unknown library zstd"),
    ("base/log.cpp", '#include "time.h"', "named by their path below src/"),
    ("library/routes.cpp", "auto f() { co_return; }", "coroutines live in http/ only"),
    ("helpers/things.h", "", "helpers/ has no place in the table"),
])
def test_a_planted_fault_is_found(tmp_path, path, line, reason):
    result = run(tree(tmp_path, {**ALLOWED, path: f"#pragma once\n{line}\n"}))
    assert result.returncode == 1
    faults = result.stdout.splitlines()
    assert len(faults) == 1 and faults[0].startswith(path + ":") and reason in faults[0]
