/** Scripts that complete commands in shells, and the values that they ask for. */
@NullMarked
package whorl.collector.cli.completion;

import org.jspecify.annotations.NullMarked;
