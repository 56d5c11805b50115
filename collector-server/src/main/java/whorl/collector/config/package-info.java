/** The server's settings, one immutable record. */
@NullMarked
package whorl.collector.config;

import org.jspecify.annotations.NullMarked;
