/** What a collector does with its machine beside its work: locks, leftovers, repeated tasks. */
@NullMarked
package whorl.collector.maintenance;

import org.jspecify.annotations.NullMarked;
