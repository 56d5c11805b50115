import java.util.HashMap;
import org.apache.commons.jxpath.JXPathContext;
import whorl.lab.app.Web;

/** Finds a value by a path of the client. */
public class App {
  public static void main(String[] args) throws Exception {
    Web.create()
        .on(
            "/eval",
            request ->
                JXPathContext.newContext(new HashMap<>()).getValue(request.getParameter("q")))
        .start();
  }
}
