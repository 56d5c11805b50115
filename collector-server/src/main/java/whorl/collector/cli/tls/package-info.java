/** The command that makes certificates for a first deployment. */
@NullMarked
package whorl.collector.cli.tls;

import org.jspecify.annotations.NullMarked;
