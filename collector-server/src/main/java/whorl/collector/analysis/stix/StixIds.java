package whorl.collector.analysis.stix;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/**
 * Identifiers of STIX objects. The same content gives the same identifier.
 *
 * <p>STIX 2.1, section 2.9: ids of cyber observables are UUIDs of version 5 in a namespace of
 * OASIS, over their contributing properties as canonical JSON (RFC 8785). No other object may use
 * that namespace, so all others use Whorl's own.
 */
public final class StixIds {
  private static final UUID OASIS = UUID.fromString("00abedb4-aa42-466c-9c01-fed23315a9b7");
  private static final UUID WHORL = UUID.fromString("5f0c1b8e-3d0a-5f3e-9b64-6f6f8d1f3c11");

  private StixIds() {}

  /** Returns the id of a cyber observable. */
  public static String observable(String type, String canonicalJson) {
    return type + "--" + version5(OASIS, canonicalJson);
  }

  /**
   * Returns the id of a cyber observable that has no contributing property. The standard asks for a
   * random UUID of version 4; this one is a hash of the content, so it is the same each time.
   */
  public static String arbitrary(String type, String content) {
    byte[] digest = digest("SHA-256", content.getBytes(StandardCharsets.UTF_8));
    return type + "--" + uuid(digest, 4);
  }

  /** Returns the id of any other object. */
  public static String object(String type, String content) {
    return type + "--" + version5(WHORL, type + "\n" + content);
  }

  /**
   * Returns a string as canonical JSON. The text must hold no control characters and no unpaired
   * surrogates.
   */
  public static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static UUID version5(UUID namespace, String name) {
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(16 + text.length);
    bytes.putLong(namespace.getMostSignificantBits());
    bytes.putLong(namespace.getLeastSignificantBits());
    bytes.put(text);
    return uuid(digest("SHA-1", bytes.array()), 5);
  }

  private static UUID uuid(byte[] digest, int version) {
    ByteBuffer bytes = ByteBuffer.wrap(digest);
    long high = (bytes.getLong() & ~0xF000L) | ((long) version << 12);
    long low = (bytes.getLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
    return new UUID(high, low);
  }

  private static byte[] digest(String algorithm, byte[] content) {
    try {
      return MessageDigest.getInstance(algorithm).digest(content);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has " + algorithm, e);
    }
  }
}
