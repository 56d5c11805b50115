/** The command that asks which JVMs have a library. */
@NullMarked
package whorl.collector.cli.libraries;

import org.jspecify.annotations.NullMarked;
