import javax.script.ScriptEngine;
import javax.script.ScriptEngineManager;
import whorl.lab.app.Web;

/** Calculates by a Scala script. */
public class App {
  public static void main(String[] args) throws Exception {
    ScriptEngine engine = new ScriptEngineManager().getEngineByName("scala");
    Web.create().on("/work", request -> engine.eval("List(1, 2, 3).sum")).start();
  }
}
