package whorl.collector.custody.log;

import whorl.collector.custody.proof.Tile;
import whorl.collector.custody.proof.TreeHash;
import whorl.evidence.Digest;
import whorl.evidence.Json;

/**
 * A line of the custody log, which is a leaf of its Merkle tree.
 *
 * @param index of the leaf, from 0; an intact log's entries have it as their sequence
 * @param bytes the line without its line feed
 */
@SuppressWarnings("ArrayRecordComponent") // passed on, never compared
public record LogLine(long index, byte[] bytes) {
  /** The line with which a log refers to one that is too long for a leaf. */
  record TooLong(long line, int bytes, Digest sha256) {}

  /**
   * The bytes of the leaf: the line itself. No entry is too long for a leaf; a damaged line may be,
   * and then its digest takes its place.
   */
  public byte[] leaf() {
    return bytes.length <= Tile.LEAF_MAX_BYTES
        ? bytes
        : Json.bytes(new TooLong(index, bytes.length, Digest.of(bytes)));
  }

  /** The hash of the leaf. */
  public Digest leafHash() {
    return TreeHash.leaf(leaf());
  }
}
