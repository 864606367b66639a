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
# for its blue nor for the star's orange. The first are the furthest apart.
RUN_COLORS = (
    "#009E73",
    "#A80888",
    "#B05800",
    "#80B060",
    "#7B5EA7",
    "#F06040",
    "#B01058",
    "#40B0D8",
    "#905040",
    "#9080B0",
    "#D86870",
    "#509038",
    "#E09838",
    "#D02880",
    "#A0401A",
    "#E870C8",
    "#E09090",
    "#986890",
    "#F88060",
    "#A07050",
)
