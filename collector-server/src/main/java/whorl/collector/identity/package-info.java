/**
 * Who an agent is: tokens of service accounts and client certificates that prove it, and to whom
 * agents belong.
 */
@NullMarked
package whorl.collector.identity;

import org.jspecify.annotations.NullMarked;
