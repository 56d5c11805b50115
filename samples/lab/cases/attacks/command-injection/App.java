import whorl.lab.app.Web;

/** Pings a host. */
public class App {
  public static void main(String[] args) throws Exception {
    Web.create()
        .on(
            "/ping",
            request ->
                new String(
                    new ProcessBuilder("sh", "-c", "echo ping " + request.getParameter("q"))
                        .start()
                        .getInputStream()
                        .readAllBytes()))
        .start();
  }
}
