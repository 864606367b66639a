"""Which parameters a model has, in words: those of its last step, or those of an epoch that were put back at the end."""


def moment(step: int, kept_epoch: int, is_edited: bool = False, since: int | None = None) -> str:
    """After so many updates; or, with the epoch whose parameters the model has again, not those of the last update.

    Edited are those of which somebody has changed some by hand since. What was found bit by bit while training went on is
    of several moments, the first after `since` updates.
    """
    at = f"step {step:,}" if since is None or since >= step else f"steps {since:,} to {step:,}"
    trained = f"epoch {kept_epoch:,}, restored" if kept_epoch else at
    return trained + (", edited by hand" if is_edited else "")
