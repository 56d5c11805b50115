/**
 * The Merkle tree of the custody log: hashes, proofs, tiles, signed checkpoints and time stamps. A
 * library without a state.
 */
@NullMarked
package whorl.collector.custody.proof;

import org.jspecify.annotations.NullMarked;
