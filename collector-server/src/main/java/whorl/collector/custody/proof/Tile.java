package whorl.collector.custody.proof;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import whorl.evidence.Digest;

/** The content of tiles: hashes one after the other, or leaves each behind its length. */
public final class Tile {
  /** The longest leaf that a bundle can hold. */
  public static final int LEAF_MAX_BYTES = 0xffff;

  private static final int HASH_BYTES = 32;
  private static final int BYTE_BITS = 8;
  private static final int BYTE = 0xff;

  private Tile() {}

  /** The bytes of these hashes. */
  public static byte[] bytes(List<Digest> hashes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(hashes.size() * HASH_BYTES);
    for (Digest hash : hashes) {
      out.writeBytes(hash.bytes());
    }
    return out.toByteArray();
  }

  /**
   * The hashes of a tile.
   *
   * @throws IOException if the content is not of this width
   */
  public static List<Digest> hashes(TilePath path, byte[] content) throws IOException {
    if (content.length != path.width() * HASH_BYTES) {
      throw new IOException(
          path.path() + " has " + content.length + " bytes, not " + path.width() * HASH_BYTES);
    }
    List<Digest> hashes = new ArrayList<>(path.width());
    for (int at = 0; at < content.length; at += HASH_BYTES) {
      hashes.add(new Digest(HexFormat.of().formatHex(content, at, at + HASH_BYTES)));
    }
    return hashes;
  }

  /** The first {@code width} hashes of a wider tile's content. */
  public static byte[] narrowed(byte[] content, int width) {
    return Arrays.copyOf(content, width * HASH_BYTES);
  }

  /** The bundle of these leaves: each is preceded by its length, two bytes, big-endian. */
  public static byte[] bundle(List<byte[]> leaves) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] leaf : leaves) {
      if (leaf.length > LEAF_MAX_BYTES) {
        throw new IllegalArgumentException("a leaf has " + leaf.length + " bytes");
      }
      out.write(leaf.length >> BYTE_BITS);
      out.write(leaf.length);
      out.writeBytes(leaf);
    }
    return out.toByteArray();
  }

  /**
   * The leaves of a bundle.
   *
   * @throws IOException if it is cut off
   */
  public static List<byte[]> leaves(byte[] bundle) throws IOException {
    List<byte[]> leaves = new ArrayList<>();
    int at = 0;
    while (at < bundle.length) {
      int start = at + 2;
      int end =
          start > bundle.length
              ? Integer.MAX_VALUE
              : start + ((bundle[at] & BYTE) << BYTE_BITS) + (bundle[at + 1] & BYTE);
      if (end > bundle.length) {
        throw new IOException("the bundle ends within leaf " + leaves.size());
      }
      leaves.add(Arrays.copyOfRange(bundle, start, end));
      at = end;
    }
    return leaves;
  }
}
