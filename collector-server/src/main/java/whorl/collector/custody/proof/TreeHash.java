package whorl.collector.custody.proof;

import java.security.MessageDigest;
import java.util.List;
import whorl.evidence.Digest;

/** The hashes of a Merkle tree, as RFC 6962 section 2.1 defines them. */
public final class TreeHash {
  /** The root of a tree without leaves. */
  public static final Digest EMPTY = Digest.of(new byte[0]);

  private static final byte LEAF = 0;
  private static final byte NODE = 1;

  private TreeHash() {}

  /** The hash of a leaf with these bytes. */
  public static Digest leaf(byte[] content) {
    MessageDigest sha256 = Digest.newSha256();
    sha256.update(LEAF);
    sha256.update(content);
    return Digest.of(sha256);
  }

  /** The hash of a node above two others. */
  public static Digest node(Digest left, Digest right) {
    MessageDigest sha256 = Digest.newSha256();
    sha256.update(NODE);
    sha256.update(left.bytes());
    sha256.update(right.bytes());
    return Digest.of(sha256);
  }

  /** The root of a perfect tree above these hashes; their number is a power of two. */
  static Digest perfect(List<Digest> hashes) {
    int size = hashes.size();
    if (Integer.bitCount(size) != 1) {
      throw new IllegalArgumentException("not a power of two: " + size + " hashes");
    }
    return size == 1
        ? hashes.get(0)
        : node(perfect(hashes.subList(0, size / 2)), perfect(hashes.subList(size / 2, size)));
  }
}
