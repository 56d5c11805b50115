package whorl.behaviour.starts.program;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Prints, opens files, and ends at once in the way that its argument names. */
public final class Quick {
  private static final int LINES = 50;
  private static final int STATUS = 3;

  private Quick() {}

  public static void main(String[] arguments) throws IOException {
    Path file = Files.createTempFile("quick", ".txt");
    PrintStream out = System.out;
    for (int i = 0; i < LINES; i++) {
      out.println("line " + i);
      Files.writeString(file, "text " + i);
      try (InputStream in = new FileInputStream(file.toFile())) {
        out.write(in.readAllBytes());
      }
      out.println();
    }
    Files.delete(file);
    System.err.write("to the other stream\n".getBytes(StandardCharsets.UTF_8));
    switch (arguments[0]) {
      case "exit" -> System.exit(STATUS);
      case "uncaught" -> throw new IllegalStateException("as it should");
      case "return" -> out.println("main returns");
      default -> throw new IllegalArgumentException(arguments[0]);
    }
  }
}
