package whorl.samples.attack;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import javax.management.BadAttributeValueExpException;

/** Serialised objects of the kind that real chains are made of, with nothing in them. */
final class Gadget {
  private Gadget() {}

  /** An exception whose {@code readObject} calls {@code toString} of what it holds: a string. */
  static byte[] harmless() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(new BadAttributeValueExpException("harmless"));
    }
    return bytes.toByteArray();
  }
}
