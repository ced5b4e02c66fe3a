"""Rows about installs that meet trouble: interrupted, disk full, no rights, a running app; and systems that lack something."""

from __future__ import annotations

import time

from linux.checks.bench import INSTALL, Bench, display
from linux.checks.installing import PROFILE, make_profile, run_smoke
from linux.checks.rows import NotRun, expect, row
from linux.clean_root import USER, CleanRoot

# pkill is not in a minimal system
_KILL = """for process in /proc/[0-9]*; do
    case $(cat "$process/comm" 2>/dev/null) in apt-get | dpkg | dpkg-deb) kill -9 "${process#/proc/}" ;; esac
done"""


@row(
    "Interrupted",
    "apt and dpkg killed (SIGKILL) while files are unpacked; then dpkg --configure -a and apt --fix-broken",
)
def interrupted(bench: Bench) -> str:
    with bench.root() as root:
        bench.use(root, bench.new_repository)
        process = root.start(*INSTALL, "greenroom")
        inside = root.seen / "usr" / "lib" / "greenroom" / "_internal"
        while process.poll() is None and not inside.exists():
            time.sleep(0.005)
        root.run("sh", "-c", _KILL)
        process.wait()
        state = root.run("dpkg-query", "--show", "--showformat=${Status}", "greenroom").said
        if state == "install ok installed":
            raise NotRun("the install was over before it could be interrupted")
        found = sum(1 for path in inside.rglob("*") if path.is_file())
        mend(root, bench)
        return f"killed with {found} files unpacked and the state “{state.strip()}”; healed, and every sum matches"


@row("Disk full", "/usr/lib/greenroom on a file system half as large as the app; then room is made and apt runs again")
def disk_full(bench: Bench) -> str:
    with bench.root() as root:
        bench.use(root, bench.new_repository)
        size = sum(path.stat().st_size for path in bench.payload.rglob("*") if path.is_file() and not path.is_symlink())
        small = ("mount", "-t", "tmpfs", "-o", f"size={size // 2},nr_inodes=0,mode=755", "tmpfs", "/usr/lib/greenroom")
        root.run("mkdir", "/usr/lib/greenroom")
        expect(root.run(*small).code == 0, "no small file system")
        done = root.run(*INSTALL, "greenroom")
        expect(done.code != 0 and "No space left" in done.said, done.said)
        root.run("umount", "/usr/lib/greenroom")
        mend(root, bench)
        return f"“{done.line('No space left')}”; after room was made the same command installs"


@row("Without rights", "apt and dpkg as an ordinary user")
def without_rights(bench: Bench) -> str:
    with bench.root() as root:
        bench.use(root, bench.new_repository)
        by_apt = root.run(*INSTALL, "greenroom", user=True)
        name = next(package.name for package in bench.packages("deb") if package.name.startswith("greenroom_"))
        by_dpkg = root.run("dpkg", "--install", f"/srv/repositories/new/pool/main/{name}", user=True)
        expect(by_apt.code != 0 and by_dpkg.code != 0, by_apt.said + by_dpkg.said)
        expect(not (root.seen / "usr/lib/greenroom").exists(), "something was installed")
        return f"“{by_apt.line('are you root', 'Permission denied')}”; “{by_dpkg.line('superuser')}”"


@row("Beside a running app", "the older version's window is open while apt upgrades")
def beside_running(bench: Bench) -> str:
    with bench.root(bench.installed_old) as root, display() as screen:
        process = root.start("greenroom", user=True, display=screen)
        lock = root.seen / PROFILE / "greenroom.lock"
        for _ in range(200):
            if lock.exists():
                break
            time.sleep(0.05)
        time.sleep(2)
        expect(process.poll() is None, "the window did not stay open")
        done = bench.install(root, bench.new_repository)
        expect(done.code == 0, done.said)
        alive = process.poll() is None
        again = root.run("greenroom", "--version", user=True)
        process.terminate()
        process.wait()
        expect(alive and again.code == 0, f"open window alive: {alive}; {again.said}")
        return "upgraded; the open window went on and should be closed and opened again"


@row("Home without exec", "smoke with /home mounted noexec,nosuid,nodev")
def noexec_home(bench: Bench) -> str:
    with bench.root(bench.installed) as root:
        home = f"/home/{USER}"
        mounted = root.run(
            "mount", "-t", "tmpfs", "-o", "noexec,nosuid,nodev,uid=1000,gid=1000,mode=700", "tmpfs", home
        )
        expect(mounted.code == 0, mounted.said)
        return run_smoke(root)


@row("No user namespaces", "smoke and sandbox selftest within a chroot, where the kernel refuses them")
def no_user_namespaces(bench: Bench) -> str:
    with bench.root(bench.installed) as root:
        root.run("mkdir", "/run/within")
        root.run("mount", "--rbind", "/", "/run/within")
        enter = ("chroot", f"--userspec={USER}", "/run/within", "env", f"HOME=/home/{USER}")
        refused = root.run(*enter, "unshare", "--user", "true")
        expect(refused.code != 0, "user namespaces work there")
        seen = run_smoke(root, *enter)
        selftest = root.run(*enter, "greenroom", "sandbox", "selftest", timeout_s=120)
        expect(selftest.code == 0, selftest.said)
        return f"{seen}; selftest: {selftest.line('namespace') or selftest.said.strip().splitlines()[-1]}"


@row("No keyring", "greenroom doctor without D-Bus and without a keyring: degrades and says so")
def no_keyring(bench: Bench) -> str:
    with bench.root(bench.installed) as root:
        make_profile(root)
        with display() as screen:
            done = root.run("greenroom", "doctor", user=True, display=screen, timeout_s=120)
        wrong = [line for line in done.said.splitlines() if line.startswith("✗")]
        expect(done.code == 0 and not wrong and "Traceback" not in done.said, "; ".join(wrong) or done.said)
        said = done.line("keyring:")
        expect(bool(said), done.said)
        return f"“{said}”; doctor ends with 0"


def mend(root: CleanRoot, bench: Bench) -> None:
    """Do what apt and dpkg tell people to do after an accident, and see that all is well."""
    configured = root.run("dpkg", "--configure", "-a")
    fixed = root.run("apt-get", "install", "--yes", "--no-install-recommends", "--fix-broken")
    done = bench.install(root, bench.new_repository)
    expect(done.code == 0, f"{configured.said}\n{fixed.said}\n{done.said}")
    verified = root.run("dpkg", "--verify", "greenroom")
    expect(not verified.said.strip(), verified.said)
    run = root.run("greenroom", "--version", user=True)
    expect(run.code == 0, run.said)
