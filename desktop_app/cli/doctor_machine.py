"""Doctor's checks of the machine: policy, offline, model, sandbox, processor."""

from __future__ import annotations

from pathlib import Path

from desktop_app.cli.doctor_finding import Check, Finding, fail, finish_within, good, many, warn
from desktop_app.errors import ModelError
from desktop_app.services import Services

CPU = Path("/proc/cpuinfo")
MODEL_S = 60.0


def _policy(services: Services) -> Finding:
    policy = services.policy
    if policy.problems:
        return fail(policy.problems[0])
    if not policy.set_by:
        return good("Nothing is set by IT")
    places = sorted({str(place) for place in policy.set_by.values()})
    return good(f"{many(len(policy.set_by), 'value')} set by IT, {len(policy.locked):,} locked, in {', '.join(places)}")


def _offline(services: Services) -> Finding:
    from desktop_app.sandbox.lockdown import NOT_PROVEN

    offline = services.offline
    if offline is not None and offline.reason == NOT_PROVEN:
        return warn(
            "On this system the app does not deny itself the internet; it opens no connection, which is not proven here"
        )
    if offline is None or not offline.active:
        return fail(f"The app could not deny itself the internet. {offline.reason if offline else ''}".strip())
    return good("The app denied itself internet sockets when it started")


def _model(services: Services) -> Finding:
    from desktop_app.sandbox.models.checking import check_model
    from desktop_app.sandbox.models.fit import fit_of_model, memory_now

    model = services.models.chosen()
    finish_within(check_model(model), MODEL_S, "Reading the model file")
    fit = fit_of_model(model, memory_now())
    words = f"{model.name}, {model.size}, licence {model.license}, SHA-256 as in the catalogue; {fit.numbers}"
    if fit.verdict == "no":
        return fail(f"{words}: this machine has too little memory")
    return warn(f"{words}: may be slow") if fit.verdict == "slow" else good(words)


def _model_folders(services: Services) -> Finding:
    found = finish_within(services.models.scan(), MODEL_S, "Reading the folders with models")
    if found.problems or found.broken:
        named = [*found.problems, *(f"{model.name}: {why}" for model, why in found.broken)]
        return warn(named[0])
    return good(f"{many(len(found.models), 'model')} to choose from")


def _sandbox(services: Services) -> Finding:
    from desktop_app.sandbox import landlock

    try:
        report = finish_within(services.model.start(), MODEL_S, "Starting the model")
    except ModelError as error:
        no_landlock = services.offline is not None and services.offline.active and landlock.abi() == 0
        return fail(str(error), _KERNEL if no_landlock else "")
    if report.refused < report.total:
        opened = report.total - report.refused
        return fail(f"{opened} of {report.total} channels are open. Do not use the sandbox on this machine.", _KERNEL)
    if not report.proven:
        return warn(
            f"{report.refused} of {report.total} channels refused, not proven on this system: the lock-down is made for Linux",
            "Use a Linux machine where proof is asked for.",
        )
    words = (
        f"{report.refused} of {report.total} channels refused, proven; seccomp, Landlock {report.landlock_abi}, "
        f"{'own' if report.namespaces else 'no'} user namespaces; {many(report.threads, 'thread')}"
    )
    return good(words) if report.namespaces else warn(words, _NAMESPACES)


def _processor(services: Services) -> Finding:
    from desktop_app.sandbox.builds import ONLY_ONE, Builds, build_words

    builds = Builds(services.locations.builds_file, cpu=CPU)
    names = [name for name, _ in builds.candidates()]
    if names == [ONLY_ONE]:
        return good("llama.cpp was compiled as one library")
    words = f"llama.cpp's build {build_words(names[0])}{_amx()}"
    if failed := builds.failed():
        return warn(
            f"{', '.join(map(build_words, failed))} failed on this machine and is passed over; {words}",
            "Nothing is broken. After a change of processor or hypervisor delete builds.json in the profile to try again.",
        )
    if names[0] != builds.installed()[0]:
        return warn(f"This processor has no AVX2, so answers come two to six times as slowly; {words}")
    return good(words)


def _amx() -> str:
    try:
        has = "amx_tile" in CPU.read_text("ascii", "replace")
    except OSError:
        has = False
    return "; the processor names AMX, which is never used: some machines name it and deny it" if has else ""


_KERNEL = "Use Linux 5.13 or newer with Landlock and seccomp switched on (lsm=…,landlock on the kernel's command line)."
_NAMESPACES = (
    "Nothing depends on them: seccomp and Landlock hold. To have them too, allow unprivileged user namespaces "
    "(sysctl kernel.unprivileged_userns_clone=1 or user.max_user_namespaces, or an AppArmor profile with userns)."
)
CHECKS = (
    Check("policy", "Policy", _policy, "greenroom policy validate FILE names the fault; files belong to root and mode 0644."),
    Check(
        "offline", "Offline", _offline,
        "Use Linux with seccomp switched on; elsewhere keep the app off the network by the system's firewall.",
    ),
    Check("model", "Model", _model, "Install the model's package again, or choose another: greenroom model list, greenroom model use ID."),
    Check("model_folders", "Model folders", _model_folders, "greenroom model verify names every file that is wrong; bring back the file or the share."),
    Check("sandbox", "Sandbox", _sandbox, "greenroom sandbox selftest --json says what the system did not refuse or why nothing started."),
    Check("processor", "Processor", _processor, "Use a machine with AVX2 (x86-64 since about 2014), or keep to small models."),
)  # fmt: skip
