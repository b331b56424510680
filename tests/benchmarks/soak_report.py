"""What the soak test counted, as the README's table."""


def as_markdown(record: dict) -> str:
    """Return the table of a record that `soak` wrote: what was tried, what survived, and what that promises."""
    photos, kills, requests, lessons = (record[name] for name in ("photos", "kills", "requests", "lessons"))
    refused = photos.get("refused", 0)
    arrays, answers = kills["arrays"], requests["answers"]
    unanswered = answers.get("no answer", 0) + answers.get("500", 0)
    rows = [
        (
            f"{photos['photos']:,} damaged photos in {len(photos['formats'])} formats",
            f"{photos.get('read', 0):,} read, {refused:,} refused with a reason, "
            f"{photos['photos'] - photos.get('read', 0) - refused} anything else; the slowest took "
            f"{photos['longest_seconds']:.1f} s",
            "a bad photo is named and left out, and the program goes on",
        ),
        (
            f"{kills['kills']:,} kills of a process that writes kept activations",
            f"of {sum(arrays.values()):,} arrays that were read afterwards, {arrays['wrong']} were wrong; of "
            f"{kills['left_half_written']} half-written files, {kills['not_cleared_away']} were left behind",
            "no damaged array is ever used",
        ),
        (
            f"{requests['requests']:,} random requests to the app",
            f"{unanswered} without an answer or with an internal error; a photo got its answer afterwards: "
            f"{'yes' if requests['photo_afterwards'] == '200' else 'no'}",
            "no request stops the app",
        ),
        (
            f"{lessons['rounds']:,} rounds of all lessons",
            f"of {lessons['cells']:,} cells that ran and {lessons['compared']:,} outputs that were compared, "
            f"{lessons['different']} failed or differed",
            "a lesson shows the same results every time",
        ),
    ]
    head = f"{record['date']}, {record['machine']}."
    lines = [head, "", "| what was tried | what happened | what it means |", "| --- | --- | --- |"]
    return "\n".join(lines + [f"| {' | '.join(row)} |" for row in rows]) + "\n"
