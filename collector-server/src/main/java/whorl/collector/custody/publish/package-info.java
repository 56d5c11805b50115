/** The custody log's Merkle tree is published: tiles, checkpoints, time stamps. */
@NullMarked
package whorl.collector.custody.publish;

import org.jspecify.annotations.NullMarked;
