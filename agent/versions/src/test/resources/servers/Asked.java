import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Sends the server two requests, so that the first is complete when the second is answered; then
 * does what raises an alert, until the test has seen it.
 */
public final class Asked {
  private static final int LIMIT = 200;

  private Asked() {}

  public static void ask(int port) throws Exception {
    for (int i = 0; i < 2; i++) {
      URL url = new URL("http://localhost:" + port + "/hello?x=1");
      HttpURLConnection connection = (HttpURLConnection) url.openConnection();
      connection.setReadTimeout(60_000);
      int status = connection.getResponseCode();
      try (InputStream in = connection.getInputStream()) {
        System.out.println("status " + status + " " + new String(in.readAllBytes()));
      }
    }
    Path done = Path.of(System.getProperty("done"));
    for (int i = 0; i < LIMIT && !Files.exists(done); i++) {
      try (InputStream secret = Files.newInputStream(Path.of("/proc/self/environ"))) {
        secret.read();
      }
      Thread.sleep(500);
    }
    System.exit(0);
  }
}
