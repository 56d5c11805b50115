import org.mozilla.javascript.Context;
import org.mozilla.javascript.ImporterTopLevel;
import whorl.lab.app.Web;

/** Calculates a formula of the client. */
public class App {
  public static void main(String[] args) throws Exception {
    Web.create().on("/script", request -> eval(Web.text(request))).start();
  }

  private static Object eval(String source) {
    Context context = Context.enter();
    try {
      return context.evaluateString(new ImporterTopLevel(context), source, "client", 1, null);
    } finally {
      Context.exit();
    }
  }
}
