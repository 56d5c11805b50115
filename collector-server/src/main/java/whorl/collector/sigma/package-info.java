/** The rules there are, how often each alerted, and checks and tests of rules that people write. */
@NullMarked
package whorl.collector.sigma;

import org.jspecify.annotations.NullMarked;
