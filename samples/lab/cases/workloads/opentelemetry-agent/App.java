import java.net.URL;
import whorl.lab.app.Web;

/** Answers and calls itself. */
public class App {
  public static void main(String[] args) throws Exception {
    Web.create()
        .on(
            "/work",
            request ->
                new String(new URL("http://127.0.0.1:8080/inner").openStream().readAllBytes()))
        .on("/inner", request -> "inner")
        .start();
  }
}
