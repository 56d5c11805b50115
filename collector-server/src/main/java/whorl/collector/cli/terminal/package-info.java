/** What every command prints with: the terminal, tables, progress, exit statuses and errors. */
@NullMarked
package whorl.collector.cli.terminal;

import org.jspecify.annotations.NullMarked;
