/** Commands for evidence outside of a collector: it is opened here, reported on, or imported. */
@NullMarked
package whorl.collector.cli.offline;

import org.jspecify.annotations.NullMarked;
