/**
 * The formats that agent and collector share: digests, artifacts, manifests, alerts, custody
 * entries; {@code channel} has the messages of the channel. Only records and sealed types; nothing
 * here opens a file or a socket.
 */
@NullMarked
package whorl.evidence;

import org.jspecify.annotations.NullMarked;
