"""Judgement from the command line: a recording in simulated time, and lives that nobody lives."""

import json
from pathlib import Path
from typing import TextIO

import click
from flask_babel import gettext as _

from app.console import Commands, speaks
from safety.judging.drafts import read_draft
from safety.judging.recordings import Recording, read_recording
from safety.judging.replaying import replay
from safety.judging.signals import RAISE, Signal
from safety.judging.terms import SafetyRules
from safety.judging.trials import LIVES_BY_NAME, SEED, join_trials, tell_trial, try_lives
from safety.judging.wording import say

MOST_TOLD = 5
# Made in a group of its own, so that refusals are told; they stand under ``flask safety``.
words = Commands("judging")


@words.command("replay")
@click.argument("events", type=click.File(encoding="utf-8"))
@click.option(
    "--policy", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Rules of a YAML document."
)
@speaks
def replay_events(events: TextIO, policy: Path | None) -> None:
    """Judge the recorded EVENTS (JSON lines, - for standard input) in simulated time; print alerts as JSON lines."""
    recording = read_recording(events)
    for unread in recording.unread[:MOST_TOLD]:
        click.echo(_("Line %(line)s left out: %(faults)s", line=unread.line, faults=unread.faults), err=True)
    if len(recording.unread) > MOST_TOLD:
        click.echo(_("%(count)s lines left out in all.", count=len(recording.unread)), err=True)
    rules = read_draft(policy.read_text(encoding="utf-8")) if policy else SafetyRules()
    for signal in replay(recording.events, rules):
        if signal.kind == RAISE:
            click.echo(json.dumps(_told(recording, signal), ensure_ascii=False))


@words.command("try-rhythm")
@click.option("--days", type=click.IntRange(7, 200), default=28, show_default=True)
@click.option("--life", type=click.Choice(sorted(LIVES_BY_NAME)), help="One of the generated lives; all without.")
@click.option("--recording", type=click.File(encoding="utf-8"), help="A recording instead of generated lives.")
@click.option(
    "--policy", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Rules of a YAML document."
)
@click.option("--seed", type=click.IntRange(1, 10**6), default=SEED, show_default=True, help="Other days of the lives.")
@speaks
def try_rhythm(days: int, life: str | None, recording: TextIO | None, policy: Path | None, seed: int) -> None:
    """Count false alarms a week, and how long a collapse by day goes unseen."""
    rules = read_draft(policy.read_text(encoding="utf-8")) if policy else SafetyRules()
    events = read_recording(recording).events if recording else None
    trials = []
    for trial in try_lives(days=days, life=life, events=events, rules=rules, seed=seed):
        trials.append(trial)
        click.echo(tell_trial(trial))
    if len(trials) > 1:
        click.echo(tell_trial(join_trials(trials)))


def _told(recording: Recording, signal: Signal) -> dict[str, str | int]:
    return {
        "at": recording.as_written(signal.at).isoformat(),
        "rule": str(signal.rule),
        "priority": signal.priority,
        "place": signal.place,
        "why": say(signal.why),
    }


COMMANDS = tuple(words.commands.values())
