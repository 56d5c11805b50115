import javax.script.ScriptEngineManager;
import whorl.lab.app.Web;

/** Calculates by a JavaScript formula. */
public class App {
  public static void main(String[] args) throws Exception {
    Web.create()
        .on(
            "/work",
            request ->
                new ScriptEngineManager()
                    .getEngineByName("nashorn")
                    .eval("var a = [1, 2, 3]; a.map(function (x) { return x * x; }).join()"))
        .start();
  }
}
