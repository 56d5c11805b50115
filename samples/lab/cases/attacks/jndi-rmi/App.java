import javax.naming.InitialContext;
import whorl.lab.app.Web;

/** Looks up data sources by name. */
public class App {
  public static void main(String[] args) throws Exception {
    Web.create()
        .on("/lookup", request -> new InitialContext().lookup(request.getParameter("name")))
        .start();
  }
}
