/** The messages of the channel between agent and collector. Only records and sealed types. */
@NullMarked
package whorl.evidence.channel;

import org.jspecify.annotations.NullMarked;
