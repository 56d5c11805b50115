/** What a collector does with its machine besides its work: locks, leftovers, repeated tasks. */
@NullMarked
package whorl.collector.maintenance;

import org.jspecify.annotations.NullMarked;
