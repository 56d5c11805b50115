import org.h2.util.JdbcUtils;
import whorl.lab.app.Web;

/** Connects as the console of H2 does. */
public class App {
  public static void main(String[] args) throws Exception {
    Web.create()
        .on(
            "/login",
            request ->
                JdbcUtils.getConnection(
                    request.getParameter("driver"), request.getParameter("url"), "", ""))
        .start();
  }
}
