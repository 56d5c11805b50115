import java.sql.DriverManager;
import whorl.lab.app.Web;

/** Tests the connection that a client describes. */
public class App {
  public static void main(String[] args) throws Exception {
    Web.create()
        .on(
            "/connect",
            request -> DriverManager.getConnection(request.getParameter("url")).getClass())
        .start();
  }
}
