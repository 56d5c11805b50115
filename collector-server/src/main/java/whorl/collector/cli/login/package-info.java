/** The commands to log in and out, to choose a collector, and for API tokens. */
@NullMarked
package whorl.collector.cli.login;

import org.jspecify.annotations.NullMarked;
