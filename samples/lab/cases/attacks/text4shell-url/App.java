import org.apache.commons.text.StringSubstitutor;
import whorl.lab.app.Web;

/** Fills placeholders in a text of the client. */
public class App {
  public static void main(String[] args) throws Exception {
    Web.create()
        .on(
            "/text",
            request -> StringSubstitutor.createInterpolator().replace(request.getParameter("q")))
        .start();
  }
}
