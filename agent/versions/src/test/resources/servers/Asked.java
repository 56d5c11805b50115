import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URL;

/** Asks the server twice: once the second answer is there, all is done for the first. */
public final class Asked {
  private Asked() {}

  public static void ask(int port) throws Exception {
    for (int i = 0; i < 2; i++) {
      URL url = new URL("http://localhost:" + port + "/hello?x=1");
      HttpURLConnection connection = (HttpURLConnection) url.openConnection();
      connection.setReadTimeout(20_000);
      int status = connection.getResponseCode();
      try (InputStream in = connection.getInputStream()) {
        System.out.println("status " + status + " " + new String(in.readAllBytes()));
      }
    }
    System.exit(0);
  }
}
