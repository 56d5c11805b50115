import javax.script.ScriptEngineManager;
import whorl.lab.app.Web;

/** Calculates by a Kotlin script. */
public class App {
  public static void main(String[] args) throws Exception {
    Web.create()
        .on(
            "/work",
            request ->
                new ScriptEngineManager().getEngineByExtension("kts").eval("listOf(1, 2, 3).sum()"))
        .start();
  }
}
