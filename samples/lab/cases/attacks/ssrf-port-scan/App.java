import java.net.URL;
import whorl.lab.app.Web;

/** Fetches a picture that a client names. */
public class App {
  public static void main(String[] args) throws Exception {
    Web.create()
        .on(
            "/fetch",
            request -> new String(new URL(request.getParameter("q")).openStream().readAllBytes()))
        .start();
  }
}
