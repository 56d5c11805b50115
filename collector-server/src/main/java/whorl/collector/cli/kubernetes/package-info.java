/** Commands that run in a cluster, and speak to its API. */
@NullMarked
package whorl.collector.cli.kubernetes;

import org.jspecify.annotations.NullMarked;
