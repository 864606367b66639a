"""Sweeps: one experiment trained many times with other settings, here, on processes or on a cluster, into the store of runs.

Whoever shows sweeps reads them out of the store (reading.py):

    sweeps(store) -> [SweepRecord]             the latest first; record.sweep() has its axes and its search
    sweep(store, number) -> SweepRecord
    trials(store, number) -> [TrialRecord]     choices, state, reason, objective, figures, run; in their order
    best_of(trials, search.seeks_highest)      (records.py)

Whoever runs one makes it of a file or of values (sweep_file.py, sweep.py), and works it off (runner.py):

    sweep = load_sweep(path)
    running = SweepRun(store_folder, sweep, hands, data_folders)
    for event in running: ...                  frozen events; from any thread: running.pause(), .go_on(), .cancel()
"""
