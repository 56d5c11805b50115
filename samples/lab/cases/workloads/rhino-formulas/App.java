import org.mozilla.javascript.Context;
import whorl.lab.app.Web;

/** Calculates by a JavaScript formula. */
public class App {
  public static void main(String[] args) throws Exception {
    Web.create()
        .on("/work", request -> eval("[1,2,3].map(function(x){return x*x;}).join()"))
        .start();
  }

  private static Object eval(String source) {
    Context context = Context.enter();
    try {
      return context.evaluateString(context.initStandardObjects(), source, "formula", 1, null);
    } finally {
      Context.exit();
    }
  }
}
