"""The Debian package: what is in it, how confined its service is, and that its program runs where it is installed."""
import ctypes
import os
import pathlib
import re
import subprocess

import pytest

import server as sluice

ROOT = pathlib.Path(__file__).parents[2]
UNIT = ROOT / "deploy/systemd/sluice.service"


def run(*command, **options):
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False, **options)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def exposure(unit):
    said = run("systemd-analyze", "security", "--offline=true", "--no-pager", unit)
    return float(re.search(r"Overall exposure level for \S+: ([\d.]+)", said)[1])


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    folder = tmp_path_factory.mktemp("package")
    run("cpack", "--config", ROOT / "build/release/CPackConfig.cmake", "-G", "DEB", "-B", folder)
    (made,) = folder.glob("*.deb")
    return made


def test_the_service_is_confined():
    assert exposure(UNIT) <= 1.5


@pytest.mark.parametrize("line", ["ProtectSystem=strict", "CapabilityBoundingSet=", "SystemCallFilter=@system-service"])
def test_a_unit_with_less_is_noticed(tmp_path, line):
    text = UNIT.read_text()
    assert line in text
    (tmp_path / "sluice.service").write_text("\n".join(one for one in text.splitlines() if not one.startswith(line.split("=")[0] + "=")))
    assert exposure(tmp_path / "sluice.service") > exposure(UNIT)


def test_systemd_takes_the_unit(tmp_path):
    """As installed, with the program where it says."""
    unit = tmp_path / "sluice.service"
    unit.write_text(UNIT.read_text().replace("/usr/bin/sluice", str(sluice.BINARY)))
    done = subprocess.run(["systemd-analyze", "verify", "--recursive-errors=no", unit], capture_output=True, text=True, check=False)
    about_ours = [line for line in (done.stdout + done.stderr).splitlines() if "sluice.service" in line]
    assert done.returncode == 0 and not about_ours, about_ours
    unit.write_text(unit.read_text().replace("ProtectHome=yes", "ProtectHom=yes"))
    done = subprocess.run(["systemd-analyze", "verify", "--recursive-errors=no", unit], capture_output=True, text=True, check=False)
    assert "ProtectHom" in done.stdout + done.stderr


def test_the_package_holds_program_unit_and_settings(package, tmp_path):
    listed = run("dpkg-deb", "--contents", package)
    for path in ("./usr/bin/sluice", "./usr/sbin/sluice-as-service", "./usr/lib/systemd/system/sluice.service",
                 "./etc/sluice/sluice.toml", "./usr/share/doc/sluice/copyright"):
        assert path in listed, listed
    depends = run("dpkg-deb", "--field", package, "Depends")
    for name in ("libavcodec59", "libavfilter8", "libpq5", "libsoci-core4.0", "libc6"):
        assert name in depends, depends
    run("dpkg-deb", "--extract", package, tmp_path / "root")
    run("dpkg-deb", "--control", package, tmp_path / "control")
    assert (tmp_path / "control/conffiles").read_text() == "/etc/sluice/sluice.toml\n"
    for name in ("postinst", "prerm", "postrm"):
        assert (tmp_path / "control" / name).stat().st_mode & 0o111
        run("sh", "-n", tmp_path / "control" / name)
    version = run(tmp_path / "root/usr/bin/sluice", "--version").split()[1]
    assert run("dpkg-deb", "--field", package, "Version").strip().startswith(version)


def test_the_shipped_settings_are_known(package, tmp_path):
    """A start reads them; a wrong key would be a fault."""
    run("dpkg-deb", "--extract", package, tmp_path / "root")
    run(sluice.BINARY, "migrate", "--config", tmp_path / "root/etc/sluice/sluice.toml", "--data", tmp_path / "data",
        env=sluice.environment())


def test_it_encodes_without_memory_that_is_writable_and_executable(tmp_path):
    """What MemoryDenyWriteExecute= forbids, by the kernel's own switch for it."""
    def deny():
        PR_SET_MDWE, REFUSE_EXEC_GAIN = 65, 1
        if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_MDWE, REFUSE_EXEC_GAIN, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    run(sluice.BINARY, "transcode", ROOT / "tests/media/odd_161x121.webm", tmp_path / "out", preexec_fn=deny)
    assert (tmp_path / "out/master.m3u8").is_file()


def test_it_is_installed_in_a_container_and_works(images, package):
    """By apt, on top of an image that has its libraries already; without systemd, which containers have not."""
    said = images.docker(
        "run", "--rm", "--user", "0", "--entrypoint", "sh", "--volume", f"{package.parent}:/package:ro", "sluice/worker:local", "-ec",
        "rm /usr/bin/sluice; apt-get update -qq; apt-get install -y -qq --no-install-recommends /package/*.deb >/dev/null 2>&1;"
        "stat -c '%U:%G %a' /etc/sluice/sluice.toml /var/lib/sluice;"
        "sluice-as-service migrate; sluice-as-service doctor || true;"
        "apt-get remove -y -qq sluice >/dev/null 2>&1; test ! -e /usr/bin/sluice; ls /var/lib/sluice")
    assert "root:sluice 640" in said and "sluice:sluice 700" in said, said
    assert "ok   engine" in said and "ok   database" in said, said
    assert "sluice.db" in said.splitlines()[-1] or "sluice.db" in said, said
