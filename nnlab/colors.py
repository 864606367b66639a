"""The colours of classes and of runs, the same in the window and in reports."""

# Told apart by all common kinds of colour vision (after Okabe and Ito 2008); the first two are the signed scale's ends.
CLASS_COLORS = (
    "#E8710A",
    "#1A73E8",
    "#009E73",
    "#CC79A7",
    "#B8A000",
    "#56B4E9",
    "#A0401A",
    "#7B5EA7",
    "#6B7280",
    "#00B8A9",
)
# Of runs that lie over the present one: to be seen on both surfaces, and by all common kinds of colour vision neither taken
# for its blue nor for the star's orange. The first seven are far apart for every eye.
RUN_COLORS = (
    "#00BB66",
    "#7700FF",
    "#775511",
    "#993388",
    "#226644",
    "#22BBCC",
    "#997788",
    "#66BB33",
    "#9900AA",
    "#AAAA99",
    "#2299CC",
    "#008844",
    "#665566",
    "#558866",
    "#DD0022",
    "#6688AA",
    "#992299",
    "#EE8866",
    "#7744FF",
    "#44AAAA",
)
