package whorl.architecture.sample.above;

import whorl.architecture.sample.below.Below;
import whorl.architecture.sample.below.deep.Deep;

/** Uses two other packages. */
record Above(Below below, Deep deep) {}
