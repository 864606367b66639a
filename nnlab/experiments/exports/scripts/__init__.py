"""Standalone scripts: an experiment as one file that knows no nnlab, for any target.

A script is a module with this face, which `nnlab compare` and the tests go by:

    Step(step, loss, score, rate)      Epoch(epoch, train_loss, train_score, validation_loss, validation_score)
    load_data(folder) -> data          build(data) -> model, with nnlab's own starting weights
    train(model, data) -> iterator of Steps and Epochs
    parameters(model) -> the flat float32 vector, in nnlab's order and layout
    evaluate(model, inputs, targets) -> (loss, score)       predict(model, inputs) -> outputs
    main()                             the folder of the data is the first word of the command line, or NNLAB_DATA

Its text comes from `pieces/`: small modules of plain Python that are linted, typed and tested as code. What each needs it
imports from the others and from `pieces/settings.py`, whose constants are the experiment's settings. To write a script:

    parts = parts_of(source, output)                        data, model, values of the constants, and slots (shared.py)
    program = gathered(Wanted(roots, settings, slots, written))      all that the roots need, and nothing else (program.py)
    text = script_text(header(parts, ...), program, settings)        or sections_of(program), for a notebook (layout.py)

A slot says which module stands in the place of which ({"optimizers.momentum": "optimizers.adam"}), `written` holds modules
that are written for this script, as the list of its layers. `if CONSTANT:` in a piece is decided when a script is written
(folding.py), where `settings` has the constant's value. A target adds pieces of its own, a table with a row for each layer
(numpy_layers.py), and a module like numpy_script.py.
"""
