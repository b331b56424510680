"""`costs`: what each lesson takes, for `doctor` to tell on other machines."""

from argparse import ArgumentParser, Namespace

from helpers.commands.options import add_lessons

HELP = "run lessons one at a time, and store the seconds, memory and disk that each takes"


def add_options(command: ArgumentParser) -> None:
    """Tell argparse what the command takes."""
    add_lessons(command)


def run(options: Namespace) -> None:
    """Measure this machine before and after each lesson, since it may be busier with one than with another.

    The table in TEACHING.md is written anew.
    """
    import os
    import platform
    from datetime import date

    from helpers.activations.whole_files import write_whole
    from helpers.network.base import load_base, which_base
    from helpers.teaching import lesson_costs, lessons
    from helpers.training.speed import measure_speed

    base = load_base("auto", image_size=128)
    about = {"date": date.today().isoformat(), "cores": os.cpu_count(), "processor": platform.machine()}
    before = measure_speed(base)
    for path in lessons.lesson_paths(options.lessons):
        cost, after = lesson_costs.measure_lesson(path), measure_speed(base)
        speed = {
            "base": which_base("auto", "auto")[0],
            "forward": round((before.forward + after.forward) / 2, 1),
            "training": round((before.training + after.training) / 2, 1),
        }
        lesson_costs.store(path.stem, cost, about | speed)
        print(
            f"{path.stem:32s} {cost.seconds:6.1f} s {cost.memory / 1e9:6.2f} GB {cost.cache / 1e6:6.0f} MB", flush=True
        )
        before = after
        page = lesson_costs.PAGE.read_text(encoding="utf-8")
        write_whole(lesson_costs.PAGE, lesson_costs.rewrite_table(page, lesson_costs.stored_costs()).encode())
