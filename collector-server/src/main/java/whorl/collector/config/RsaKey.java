package whorl.collector.config;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * RSA keys in the form that Helm and many certificate tools write (PKCS#1), as PKCS#8, which is the
 * same with a header.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5958">RFC 5958</a>
 */
public final class RsaKey {
  private static final Pattern PKCS1 =
      Pattern.compile(
          "-----BEGIN RSA PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END RSA PRIVATE KEY-----");

  /** Version 0 and the algorithm rsaEncryption without parameters. */
  private static final byte[] VERSION_AND_ALGORITHM = {
    0x02,
    0x01,
    0x00,
    0x30,
    0x0d,
    0x06,
    0x09,
    0x2a,
    (byte) 0x86,
    0x48,
    (byte) 0x86,
    (byte) 0xf7,
    0x0d,
    0x01,
    0x01,
    0x01,
    0x05,
    0x00
  };

  private static final int SEQUENCE = 0x30;
  private static final int OCTET_STRING = 0x04;

  private RsaKey() {}

  /** The PEM text with a key in PKCS#1 replaced by its form in PKCS#8; other text as it is. */
  public static String pkcs8(String pem) {
    Matcher matcher = PKCS1.matcher(pem);
    if (!matcher.find()) {
      return pem;
    }
    byte[] key = Base64.getMimeDecoder().decode(matcher.group(1));
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    content.writeBytes(VERSION_AND_ALGORITHM);
    write(OCTET_STRING, key, content);
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    write(SEQUENCE, content.toByteArray(), whole);
    String base64 =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
            .encodeToString(whole.toByteArray());
    return "-----BEGIN PRIVATE KEY-----\n" + base64 + "\n-----END PRIVATE KEY-----\n";
  }

  /** Tag, length and content of DER. */
  private static void write(int tag, byte[] content, ByteArrayOutputStream out) {
    out.write(tag);
    if (content.length < 0x80) {
      out.write(content.length);
    } else if (content.length < 0x100) {
      out.write(0x81);
      out.write(content.length);
    } else {
      out.write(0x82);
      out.write(content.length >> 8);
      out.write(content.length);
    }
    out.writeBytes(content);
  }
}
