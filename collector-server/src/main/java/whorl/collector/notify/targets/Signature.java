package whorl.collector.notify.targets;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import whorl.collector.notify.message.SecretFile;

/**
 * Signs messages as Standard Webhooks do: HMAC-SHA256 over {@code id.timestamp.body}.
 *
 * @see <a
 *     href="https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md">the
 *     specification</a>
 */
final class Signature {
  static final int MIN_BYTES = 16;
  private static final String PREFIX = "whsec_";

  private Signature() {}

  /** The key in a file: base64 after {@code whsec_}, or the text itself. */
  static byte[] key(SecretFile secret) throws IOException {
    String text = secret.read();
    if (!text.startsWith(PREFIX)) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
    try {
      return Base64.getDecoder().decode(text.substring(PREFIX.length()));
    } catch (IllegalArgumentException e) {
      throw new IOException(secret.file() + ": after whsec_ there has to be base64");
    }
  }

  /** The value of {@code webhook-signature}. */
  static String of(byte[] key, String id, long seconds, byte[] body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      mac.update((id + "." + seconds + ".").getBytes(StandardCharsets.UTF_8));
      return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }
}
