"""What an experiment decides: an exported script has its own values for these.

What stands in a piece under `if CONSTANT:` is left out of a script whose value does not
ask for it. The remark behind a constant is written into the script.
"""

NAME = "digits-mlp"

# Data
DATASET = "mnist"
SAMPLES = 400  # points to learn from; half as many again are made for the test
NOISE = 0.1  # standard deviation of what is added to them
DATA_SEED = 0  # decides which examples validate, and where points fall
CLASSES: tuple[int, ...] = ()  # only these, in the order of the data
EXAMPLES = 0  # only so many to learn from, every class in the share it has
IS_FLAT = False
VALIDATION = 0.1  # share of every class held back to watch the loss on
LABEL_NOISE = 0.0  # share of the labels learned from that are replaced by others
CLASS_COUNT = 10
HAS_VALUES = False
HAS_VALIDATION = True
HAS_TEST = True
SCALING = "unit"
IS_BYTES = True
IS_DOUBLE = False
BLACK = 0.0  # the number that is black in a picture
WHITE = 255.0  # and the one that is white
LEAST_SPREAD = 1e-6  # what varies less, as a share of its mean, is only shifted

# Augmentation: what is done anew each time to the pictures that are learned from
AUGMENTED = False
MOVED = False
FLIP_HORIZONTAL = False  # mirror every second one
FLIP_VERTICAL = False  # turn every second one over
SHIFT = 0  # move by up to so many pixels
ROTATION = 0.0  # turn by up to so many degrees
JITTER = 0.0  # standard deviation of noise on every input
GROUND: tuple[float, ...] = (0.0,)  # what comes in from outside of a picture

# Model
SCORE = "accuracy"  # what is told beside the loss
INPUT_SHAPE: tuple[int, ...] = ()  # of one example, as the model sees it
IS_CODER = False
KEEPS = False
TIED = False
CHARGED = False
DRAWS = False
SEES_PICTURES = False
MAKES_PICTURES = False
HIDDEN: tuple[int, ...] = (500, 250, 30)  # sizes of the stack, from the data upwards
PRETRAIN_EPOCHS = 3  # of contrastive divergence for each machine
VISIBLE_UNITS = 784  # units that see the data
HIDDEN_UNITS = 256  # units that explain it
GAUSSIAN = False
SAMPLED = True
PERSISTENT = False
CHAINS = 64  # persistent ones, which go on from update to update
GIBBS_STEPS = 1  # up and down, before each update
SPARSITY_TARGET = 0.1  # the share of examples each hidden unit should be on for
SPARSITY_COST = 0.0  # how strongly it is pulled there
DEVIATION = 0.01  # of the starting weights

# Loss
LABEL_SMOOTHING = 0.0  # this share of every target is spread over all classes
DELTA = 1.0  # errors beyond it count linearly
OUTPUT = ""
THRESHOLD = 0.5
ONE_OUTPUT = False
LABELLED = True

# Training
SEED = 0  # decides the starting weights and all that is random in training
EPOCHS = 20  # how often every example is learned from
STEPS = 0  # at most so many updates
BATCH_SIZE = 64  # examples for each update
BATCHES = 20  # updates in an epoch
SHUFFLE = True
LEARNING_RATE = 0.05
SCHEDULE = "constant"
DECAY = 0.5  # the factor of a drop
EVERY = 5  # epochs from drop to drop
WARMUP = 0.0  # epochs over which the rate grows from 0
MOMENTUM = 0.9  # how much of the last step is kept
SMOOTHING = 0.99  # memory of the mean square
BETA1 = 0.9  # memory of the mean gradient
BETA2 = 0.999  # memory of its square
EPSILON = 1e-8  # so that no step divides by zero
WEIGHT_DECAY = 0.01  # of the weights, apart from the gradient
L1 = 0.0  # penalty L1 |w| on the weights, not on the biases
L2 = 0.0  # penalty L2 / 2 w^2 on the weights, not on the biases
CLIP_NORM = 0.0  # longer gradients are scaled down to this
PATIENCE = 0  # stop after so many epochs without a lower validation loss
KEEP_BEST = True
IN_PHASES = False
HELD = False
IN_PARTS = False
AT_ONCE = 1000  # examples that are evaluated at once
