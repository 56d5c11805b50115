package whorl.collector.receive.tus;

import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Digest;

/**
 * The header {@code Repr-Digest} (RFC 9530): the digest of a whole artifact, which its sender knows
 * before it sends the first byte.
 */
final class ReprDigest {
  private static final Pattern SHA_256 =
      Pattern.compile("(?:^|,)\\s*sha-256=:([A-Za-z0-9+/]{43}=):\\s*(?:$|[,;])");

  private ReprDigest() {}

  /** The SHA-256 of a header; null if there is none, as an unknown digest is to be ignored. */
  static @Nullable Digest sha256(@Nullable String header) {
    Matcher found = SHA_256.matcher(header == null ? "" : header);
    if (!found.find()) {
      return null;
    }
    try {
      return new Digest(HexFormat.of().formatHex(Base64.getDecoder().decode(found.group(1))));
    } catch (IllegalArgumentException notBase64) {
      return null; // the last character has bits that belong to no byte
    }
  }
}
