/**
 * What agent and collector agree on: digests, artifacts, manifests, alerts, custody entries and the
 * messages of the channel. Records and sealed types only; nothing here opens a file or a socket.
 */
@NullMarked
package whorl.evidence;

import org.jspecify.annotations.NullMarked;
