package whorl.agent.console;

import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;

/** The encoding of standard output if it is not UTF-8. */
public final class ConsoleCharset {
  private ConsoleCharset() {}

  /**
   * Reads {@code stdout.encoding} (JDK 19), {@code sun.stdout.encoding} and {@code
   * native.encoding}.
   */
  public static Charset ofThisJvm() {
    for (String property :
        new String[] {"stdout.encoding", "sun.stdout.encoding", "native.encoding"}) {
      String name = System.getProperty(property);
      if (name != null) {
        try {
          return Charset.forName(name);
        } catch (IllegalCharsetNameException | UnsupportedCharsetException unknown) {
          continue;
        }
      }
    }
    return StandardCharsets.ISO_8859_1;
  }
}
