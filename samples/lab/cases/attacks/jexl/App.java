import org.apache.commons.jexl3.JexlBuilder;
import org.apache.commons.jexl3.MapContext;
import whorl.lab.app.Web;

/** Evaluates an expression of the client. */
public class App {
  public static void main(String[] args) throws Exception {
    Web.create()
        .on(
            "/eval",
            request ->
                new JexlBuilder()
                    .create()
                    .createExpression(request.getParameter("q"))
                    .evaluate(new MapContext()))
        .start();
  }
}
