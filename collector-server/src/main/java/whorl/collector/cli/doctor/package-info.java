/** {@code whorl doctor}: whether a deployment is right, as seen from outside. */
@NullMarked
package whorl.collector.cli.doctor;

import org.jspecify.annotations.NullMarked;
