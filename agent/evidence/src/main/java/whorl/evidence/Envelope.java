package whorl.evidence;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/**
 * A DSSE v1 envelope, {@code manifest.dsse.json}.
 *
 * @param payload Base64 of the statement's JSON
 * @param signatures empty if the JVM had no Ed25519 to sign with
 * @see <a href="https://github.com/secure-systems-lab/dsse/blob/master/protocol.md">DSSE</a>
 */
public record Envelope(String payload, String payloadType, List<Signature> signatures) {
  public static final String PAYLOAD_TYPE = "application/vnd.in-toto+json";

  /**
   * @throws IllegalArgumentException if payload or payload type are missing
   */
  public Envelope {
    if (payload == null || payloadType == null) {
      throw new IllegalArgumentException("an envelope needs a payload and a payloadType");
    }
    signatures = signatures == null ? List.of() : List.copyOf(signatures);
  }

  /**
   * One signature.
   *
   * @param keyid SHA-256 of the public key's X.509 encoding, hexadecimal
   * @param sig Base64 of the 64 bytes
   */
  public record Signature(String keyid, String sig) {}

  /** The payload's bytes. */
  public byte[] payloadBytes() {
    return Base64.getDecoder().decode(payload);
  }

  /** The bytes to sign: DSSE's pre-authentication encoding of type and payload. */
  static byte[] preAuthentication(String payloadType, byte[] payload) {
    byte[] type = payloadType.getBytes(StandardCharsets.UTF_8);
    byte[] head =
        ("DSSEv1 " + type.length + " " + payloadType + " " + payload.length + " ")
            .getBytes(StandardCharsets.UTF_8);
    byte[] whole = new byte[head.length + payload.length];
    System.arraycopy(head, 0, whole, 0, head.length);
    System.arraycopy(payload, 0, whole, head.length, payload.length);
    return whole;
  }
}
