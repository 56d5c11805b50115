/** The command that speaks the Model Context Protocol on standard input and output. */
@NullMarked
package whorl.collector.cli.mcp;

import org.jspecify.annotations.NullMarked;
