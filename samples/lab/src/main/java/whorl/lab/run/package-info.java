/** Runs cases: processes in a network namespace, traffic, and what the collector then has. */
@NullMarked
package whorl.lab.run;

import org.jspecify.annotations.NullMarked;
