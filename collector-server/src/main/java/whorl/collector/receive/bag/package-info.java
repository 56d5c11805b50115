/** Evidence from a bag of another collector, taken in with its custody. */
@NullMarked
package whorl.collector.receive.bag;

import org.jspecify.annotations.NullMarked;
