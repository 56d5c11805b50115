package whorl.evidence;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import java.io.IOException;
import java.util.Base64;

/**
 * Writes Base64 as the bytes that it stands for, which is the same JSON, and passes by a mask that
 * looks at texts: keys and signatures are for everybody, and one of some thousands looks like a
 * secret. Anything else is a text.
 */
final class PublicBytes extends StdScalarSerializer<String> {
  PublicBytes() {
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
