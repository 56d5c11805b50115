/** Seals complete uploads as evidence, and finishes what an earlier run left behind. */
@NullMarked
package whorl.collector.receive.seal;

import org.jspecify.annotations.NullMarked;
