/** The commands that run on the collector's machine: serve, backup and restore. */
@NullMarked
package whorl.collector.cli.server;

import org.jspecify.annotations.NullMarked;
