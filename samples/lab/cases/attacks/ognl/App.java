import java.util.HashMap;
import ognl.Ognl;
import whorl.lab.app.Web;

/** Filters a list by an expression of the client. */
public class App {
  public static void main(String[] args) throws Exception {
    Web.create()
        .on("/eval", request -> Ognl.getValue(request.getParameter("q"), new HashMap<>(), "x"))
        .start();
  }
}
