import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import whorl.lab.app.Web;

/** Logs the name of each client's program. */
public class App {
  private static final Logger LOG = LogManager.getLogger(App.class);

  public static void main(String[] args) throws Exception {
    Web.create()
        .on(
            "/log",
            request -> {
              LOG.error("asked by {}", request.getHeader("User-Agent"));
              return "logged";
            })
        .start();
  }
}
