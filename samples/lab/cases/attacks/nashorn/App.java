import javax.script.ScriptEngineManager;
import whorl.lab.app.Web;

/** Calculates a formula of the client. */
public class App {
  public static void main(String[] args) throws Exception {
    Web.create()
        .on(
            "/script",
            request -> new ScriptEngineManager().getEngineByName("nashorn").eval(Web.text(request)))
        .start();
  }
}
